// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/glacier"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// By the service id of the model, which is ServiceID in every package.
func clientsOf(config aws.Config) map[string]any {
	return map[string]any{
		apigateway.ServiceID:              apigateway.NewFromConfig(config),
		cloudfront.ServiceID:              cloudfront.NewFromConfig(config),
		cloudwatch.ServiceID:              cloudwatch.NewFromConfig(config),
		cognitoidentityprovider.ServiceID: cognitoidentityprovider.NewFromConfig(config),
		dynamodb.ServiceID:                dynamodb.NewFromConfig(config),
		ec2.ServiceID:                     ec2.NewFromConfig(config),
		ecs.ServiceID:                     ecs.NewFromConfig(config),
		eventbridge.ServiceID:             eventbridge.NewFromConfig(config),
		glacier.ServiceID:                 glacier.NewFromConfig(config),
		iam.ServiceID:                     iam.NewFromConfig(config),
		iot.ServiceID:                     iot.NewFromConfig(config),
		kinesis.ServiceID:                 kinesis.NewFromConfig(config),
		kms.ServiceID:                     kms.NewFromConfig(config),
		lambda.ServiceID:                  lambda.NewFromConfig(config),
		rds.ServiceID:                     rds.NewFromConfig(config),
		route53.ServiceID:                 route53.NewFromConfig(config),
		s3.ServiceID:                      s3.NewFromConfig(config),
		s3control.ServiceID:               s3control.NewFromConfig(config),
		secretsmanager.ServiceID:          secretsmanager.NewFromConfig(config),
		sfn.ServiceID:                     sfn.NewFromConfig(config),
		sns.ServiceID:                     sns.NewFromConfig(config),
		sqs.ServiceID:                     sqs.NewFromConfig(config),
		ssm.ServiceID:                     ssm.NewFromConfig(config),
		sts.ServiceID:                     sts.NewFromConfig(config),
	}
}
