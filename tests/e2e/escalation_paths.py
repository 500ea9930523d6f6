# SPDX-License-Identifier: Apache-2.0
"""The published ways from some permission to more of it in AWS, as the calls that each is made of. Names, and which
permissions a path needs, are those of pathfinding.cloud, which collects them; a passed role is in the call that takes it.

Each path is (id, what it does, [(service, operation, input), ...])."""

ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/admin"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/team"
EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}'
)
CODE = {"ZipFile": b"PK\x05\x06" + bytes(18)}
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:jobs"
INSTANCE = "i-0123456789abcdef0"
TEMPLATE = '{"Resources":{}}'
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def iam(operation, **given):
    return ("iam", operation, given)


def service(name):
    return lambda operation, **given: (name, operation, given)


apprunner, agentcore, agentcore_control = map(service, ("apprunner", "bedrock-agentcore", "bedrock-agentcore-control"))
cloudformation, codebuild, datapipeline, ec2 = map(service, ("cloudformation", "codebuild", "datapipeline", "ec2"))
ecs, glue, lambda_, sagemaker, ssm, sts = map(service, ("ecs", "glue", "lambda", "sagemaker", "ssm", "sts"))
connect = service("ec2-instance-connect")

create_version = iam("CreatePolicyVersion", PolicyArn=POLICY, PolicyDocument=EVERYTHING, SetAsDefault=True)
attach_role = iam("AttachRolePolicy", RoleName="admin", PolicyArn=ADMIN)
attach_user = iam("AttachUserPolicy", UserName="kim", PolicyArn=ADMIN)
put_role = iam("PutRolePolicy", RoleName="admin", PolicyName="x", PolicyDocument=EVERYTHING)
put_user = iam("PutUserPolicy", UserName="kim", PolicyName="x", PolicyDocument=EVERYTHING)
access_key = iam("CreateAccessKey", UserName="kim")
update_trust = iam("UpdateAssumeRolePolicy", RoleName="admin", PolicyDocument=TRUST)
assume = sts("AssumeRole", RoleArn=ROLE, RoleSessionName="kim")

create_function = lambda_(
    "CreateFunction", FunctionName="jobs", Role=ROLE, Runtime="python3.12", Handler="a.b", Code=CODE
)
update_code = lambda_("UpdateFunctionCode", FunctionName="jobs", **CODE)
invoke = lambda_("Invoke", FunctionName="jobs")
add_permission = lambda_(
    "AddPermission", FunctionName="jobs", StatementId="x", Action="lambda:InvokeFunction", Principal=ACCOUNT
)
poll = lambda_(
    "CreateEventSourceMapping", FunctionName="jobs", EventSourceArn=f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
)

cluster = ecs("CreateCluster", clusterName="c")
task = ecs(
    "RegisterTaskDefinition", family="t", taskRoleArn=ROLE, containerDefinitions=[{"name": "c", "image": "i", "memory": 128}]
)
run_task = ecs("RunTask", cluster="c", taskDefinition="t")
start_task = ecs("StartTask", cluster="c", taskDefinition="t", containerInstances=["x"])
ecs_service = ecs("CreateService", cluster="c", serviceName="s", taskDefinition="t", desiredCount=1)

SCRIPT = {"Name": "pythonshell", "ScriptLocation": "s3://b/a.py"}
create_job = glue("CreateJob", Name="j", Role=ROLE, Command=SCRIPT)
update_job = glue("UpdateJob", JobName="j", JobUpdate={"Role": ROLE, "Command": SCRIPT})
run_job = glue("StartJobRun", JobName="j")
trigger = glue(
    "CreateTrigger", Name="t", Type="SCHEDULED", Schedule="cron(* * * * ? *)", Actions=[{"JobName": "j"}], StartOnCreation=True
)

project = codebuild(
    "CreateProject",
    name="project",
    serviceRole=ROLE,
    source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
    artifacts={"type": "NO_ARTIFACTS"},
    environment={"type": "LINUX_CONTAINER", "image": "x", "computeType": "BUILD_GENERAL1_SMALL"},
)
build = codebuild("StartBuild", projectName="project", buildspecOverride="version: 0.2")
build_batch = codebuild("StartBuildBatch", projectName="project", buildspecOverride="version: 0.2")

change_set = cloudformation(
    "CreateChangeSet", StackName="s", ChangeSetName="c", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_NAMED_IAM"]
)
stack_set = {"StackSetName": "s", "AdministrationRoleARN": ROLE, "TemplateBody": TEMPLATE}
LAUNCH = {"ImageId": "ami-12345678", "IamInstanceProfile": {"Name": "admin"}, "UserData": "IyEvYmluL3No"}
ALGORITHM = {"TrainingImage": "x", "TrainingInputMode": "File"}
RESOURCES = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}

PATHS = [
    ("apprunner-001", "a service with a role", [
        apprunner("CreateService", ServiceName="serv", SourceConfiguration={"ImageRepository": {
            "ImageIdentifier": "public.ecr.aws/x/y:1", "ImageRepositoryType": "ECR_PUBLIC"}},
            InstanceConfiguration={"InstanceRoleArn": ROLE})]),
    ("apprunner-002", "another image in a service that has a role", [
        apprunner("UpdateService", ServiceArn=f"arn:aws:apprunner:{REGION}:{ACCOUNT}:service/s/0123456789abcdef0123456789abcdef",
            SourceConfiguration={"ImageRepository": {"ImageIdentifier": "public.ecr.aws/x/y:1",
                                                     "ImageRepositoryType": "ECR_PUBLIC"}})]),
    ("bedrock-001", "a code interpreter with a role", [
        agentcore_control("CreateCodeInterpreter", name="x", executionRoleArn=ROLE,
                          networkConfiguration={"networkMode": "PUBLIC"}),
        agentcore("StartCodeInterpreterSession", codeInterpreterIdentifier="x-0123456789")]),
    ("bedrock-002", "code in an interpreter that has a role", [
        agentcore("StartCodeInterpreterSession", codeInterpreterIdentifier="x-0123456789"),
        agentcore("InvokeCodeInterpreter", codeInterpreterIdentifier="x-0123456789", name="executeCode",
                  arguments={"code": "1", "language": "python"})]),
    ("cloudformation-001", "a stack with a role", [
        cloudformation("CreateStack", StackName="s", TemplateBody=TEMPLATE, RoleARN=ROLE)]),
    ("cloudformation-002", "another template in a stack that has a role", [
        cloudformation("UpdateStack", StackName="s", TemplateBody=TEMPLATE)]),
    ("cloudformation-003", "a stack set with a role", [
        cloudformation("CreateStackSet", **stack_set),
        cloudformation("CreateStackInstances", StackSetName="s", Accounts=[ACCOUNT], Regions=[REGION])]),
    ("cloudformation-004", "another template in a stack set", [cloudformation("UpdateStackSet", **stack_set)]),
    ("cloudformation-005", "a change set in a stack that has a role", [
        change_set, cloudformation("ExecuteChangeSet", StackName="s", ChangeSetName="c")]),
    ("codebuild-001", "a project with a role", [project, build]),
    ("codebuild-002", "another build specification for a project that has a role", [build]),
    ("codebuild-003", "the same in a batch", [build_batch]),
    ("codebuild-004", "a project with a role, in a batch", [project, build_batch]),
    ("datapipeline-001", "a pipeline with a role", [
        datapipeline("CreatePipeline", name="p", uniqueId="p"),
        datapipeline("PutPipelineDefinition", pipelineId="df-1", pipelineObjects=[
            {"id": "Default", "name": "Default", "fields": [{"key": "role", "stringValue": "admin"}]},
            {"id": "a", "name": "a", "fields": [{"key": "type", "stringValue": "ShellCommandActivity"},
                                                {"key": "command", "stringValue": "id"}]}]),
        datapipeline("ActivatePipeline", pipelineId="df-1")]),
    ("ec2instanceconnect-003", "an SSH key on an instance that has a role", [
        connect("SendSSHPublicKey", InstanceId=INSTANCE, InstanceOSUser="root", SSHPublicKey=KEY)]),
    ("ec2-001", "an instance with a role", [
        ec2("RunInstances", ImageId="ami-12345678", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "admin"})]),
    ("ec2-002", "other user data in an instance that has a role", [
        ec2("StopInstances", InstanceIds=[INSTANCE]),
        ec2("ModifyInstanceAttribute", InstanceId=INSTANCE, UserData={"Value": b"#!/bin/sh"}),
        ec2("StartInstances", InstanceIds=[INSTANCE])]),
    ("ec2-003", "a spot instance with a role", [ec2("RequestSpotInstances", LaunchSpecification=LAUNCH)]),
    ("ec2-004", "another version of a launch template", [
        ec2("CreateLaunchTemplateVersion", LaunchTemplateId="lt-0123456789abcdef0", SourceVersion="1",
            LaunchTemplateData={"UserData": "IyEvYmluL3No"}),
        ec2("ModifyLaunchTemplate", LaunchTemplateId="lt-0123456789abcdef0", DefaultVersion="2")]),
    ("ecs-001", "a service whose task has a role, on a new cluster", [cluster, task, ecs_service]),
    ("ecs-002", "a task with a role, on a new cluster", [cluster, task, run_task]),
    ("ecs-003", "a service whose task has a role", [task, ecs_service]),
    ("ecs-004", "a task with a role", [task, run_task]),
    ("ecs-005", "a task with a role, on one's own machine", [task, start_task]),
    ("glue-001", "a development endpoint with a role", [glue("CreateDevEndpoint", EndpointName="e", RoleArn=ROLE)]),
    ("glue-002", "an SSH key on an endpoint that has a role", [
        glue("UpdateDevEndpoint", EndpointName="e", PublicKey=KEY)]),
    ("glue-003", "a job with a role", [create_job, run_job]),
    ("glue-004", "a job with a role, started by a trigger", [create_job, trigger]),
    ("glue-005", "another script and role for a job", [update_job, run_job]),
    ("glue-006", "the same, started by a trigger", [update_job, trigger]),
    ("iam-001", "another version of a policy", [create_version]),
    ("iam-001b", "an old version of a policy as its default", [
        iam("SetDefaultPolicyVersion", PolicyArn=POLICY, VersionId="v1")]),
    ("iam-002", "an access key of another user", [access_key]),
    ("iam-003", "the same, of a user who has two", [
        access_key, iam("DeleteAccessKey", UserName="kim", AccessKeyId="AKIAIOSFODNN7EXAMPLE")]),
    ("iam-004", "a password for another user", [iam("CreateLoginProfile", UserName="kim", Password="Abc-123456789")]),
    ("iam-005", "an inline policy on a role", [put_role]),
    ("iam-006", "another password for another user", [
        iam("UpdateLoginProfile", UserName="kim", Password="Abc-123456789")]),
    ("iam-007", "an inline policy on a user", [put_user]),
    ("iam-008", "a policy on a user", [attach_user]),
    ("iam-009", "a policy on a role", [attach_role]),
    ("iam-010", "a policy on a group", [iam("AttachGroupPolicy", GroupName="g", PolicyArn=ADMIN)]),
    ("iam-011", "an inline policy on a group", [
        iam("PutGroupPolicy", GroupName="g", PolicyName="x", PolicyDocument=EVERYTHING)]),
    ("iam-012", "whom a role trusts", [update_trust, assume]),
    ("iam-013", "a user in a group", [iam("AddUserToGroup", GroupName="admins", UserName="kim")]),
    ("iam-014", "a policy on a role that is then assumed", [attach_role, assume]),
    ("iam-015", "a policy on a user, and the user's key", [attach_user, access_key]),
    ("iam-016", "a version of a role's policy, and the role", [create_version, assume]),
    ("iam-017", "an inline policy on a role that is then assumed", [put_role, assume]),
    ("iam-018", "an inline policy on a user, and the user's key", [put_user, access_key]),
    ("iam-019", "a policy on a role, and whom it trusts", [attach_role, update_trust, assume]),
    ("iam-020", "a version of a role's policy, and whom it trusts", [create_version, update_trust, assume]),
    ("iam-021", "an inline policy on a role, and whom it trusts", [put_role, update_trust, assume]),
    ("lambda-001", "a function with a role, invoked", [create_function, invoke]),
    ("lambda-002", "a function with a role, on a queue", [create_function, poll]),
    ("lambda-003", "other code in a function that has a role", [update_code]),
    ("lambda-004", "the same, invoked", [update_code, invoke]),
    ("lambda-005", "the same, invoked by another account", [update_code, add_permission]),
    ("lambda-006", "a function with a role, invoked by another account", [create_function, add_permission]),
    ("lambda-007", "a layer under a function that has a role", [
        lambda_("UpdateFunctionConfiguration", FunctionName="jobs",
                Layers=[f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:boto3:1"])]),
    ("sagemaker-001", "a notebook with a role", [
        sagemaker("CreateNotebookInstance", NotebookInstanceName="n", InstanceType="ml.t3.medium", RoleArn=ROLE),
        sagemaker("CreatePresignedNotebookInstanceUrl", NotebookInstanceName="n")]),
    ("sagemaker-002", "a training job with a role", [
        sagemaker("CreateTrainingJob", TrainingJobName="t", RoleArn=ROLE, AlgorithmSpecification=ALGORITHM,
                  OutputDataConfig={"S3OutputPath": "s3://b/o"}, ResourceConfig=RESOURCES,
                  StoppingCondition={"MaxRuntimeInSeconds": 60})]),
    ("sagemaker-003", "a processing job with a role", [
        sagemaker("CreateProcessingJob", ProcessingJobName="p", RoleArn=ROLE, AppSpecification={"ImageUri": "x"},
                  ProcessingResources={"ClusterConfig": RESOURCES})]),
    ("sagemaker-004", "the address of a notebook that has a role", [
        sagemaker("CreatePresignedNotebookInstanceUrl", NotebookInstanceName="n")]),
    ("sagemaker-005", "a start script in a notebook that has a role", [
        sagemaker("CreateNotebookInstanceLifecycleConfig", NotebookInstanceLifecycleConfigName="l",
                  OnStart=[{"Content": "IyEvYmluL3No"}]),
        sagemaker("StopNotebookInstance", NotebookInstanceName="n"),
        sagemaker("UpdateNotebookInstance", NotebookInstanceName="n", LifecycleConfigName="l"),
        sagemaker("StartNotebookInstance", NotebookInstanceName="n")]),
    ("ssm-001", "a shell on an instance that has a role", [ssm("StartSession", Target=INSTANCE)]),
    ("ssm-002", "a command on an instance that has a role", [
        ssm("SendCommand", InstanceIds=[INSTANCE], DocumentName="AWS-RunShellScript", Parameters={"commands": ["id"]})]),
    ("sts-001", "a role that trusts too many", [assume]),
]  # fmt: skip
