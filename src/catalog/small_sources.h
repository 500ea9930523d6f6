// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "catalog/compiler/sources.h"

// A small made-up AWS for tests: `shelf`, a REST service with colliding routes, and `tally`, an RPC
// one.
namespace strait::catalog {

inline compiler::Sources small_sources() {
  compiler::Sources sources;
  sources.version = "small";
  sources.partitions = R"({"partitions":[{"id":"aws","regionRegex":"^(us|eu)\\-\\w+\\-\\d+$",
    "outputs":{"dnsSuffix":"amazonaws.com","dualStackDnsSuffix":"api.aws","implicitGlobalRegion":"us-east-1",
        "name":"aws"},
    "regions":{"eu-west-1":{},"us-east-1":{}}}]})";
  const std::string rules = R"({"parameters":{"Region":{"type":"string"}},"rules":[{"conditions":[
      {"fn":"aws.partition","argv":[{"ref":"Region"}],"assign":"P"}],
      "rules":[{"conditions":[],"endpoint":{"url":"https://NAME.{Region}.{P#dnsSuffix}"},"type":"endpoint"}],
        "type":"tree"}]})";
  const auto rules_for = [&](std::string name) {
    return std::string(rules).replace(rules.find("NAME"), 4, name);
  };
  sources.models.push_back({"shelf", "2020-01-01",
                            R"({"metadata":{"apiVersion":"2020-01-01","endpointPrefix":"shelf",
    "protocol":"rest-json","serviceId":"Shelf","signingName":"shelf"},
    "operations":{
      "PutBook":{"name":"PutBook","http":{"method":"PUT","requestUri":"/{Shelf}/{Book+}"},
        "input":{"shape":"BookRequest"}},
      "CopyBook":{"name":"CopyBook","http":{"method":"PUT","requestUri":"/{Shelf}/{Book+}"},
        "input":{"shape":"CopyRequest"}},
      "PutPage":{"name":"PutPage","http":{"method":"PUT","requestUri":"/{Shelf}/{Book+}"},
        "input":{"shape":"PageRequest"}},
      "ListBooks":{"name":"ListBooks","http":{"method":"GET","requestUri":"/{Shelf}"},
        "input":{"shape":"ShelfRequest"}},
      "GetShelfTags":{"name":"GetShelfTags","http":{"method":"GET","requestUri":"/{Shelf}?tags"},
        "input":{"shape":"ShelfRequest"}},
      "GetStatus":{"name":"GetStatus","http":{"method":"GET","requestUri":"/status"}}},
    "shapes":{
      "BookRequest":{"type":"structure","required":["Shelf","Book"],"members":{
        "Shelf":{"shape":"Text","location":"uri","locationName":"Shelf"},"Book":{"shape":"Text","location":"uri",
        "locationName":"Book"}}},
      "CopyRequest":{"type":"structure","required":["Shelf","Book","Source"],"members":{
        "Shelf":{"shape":"Text","location":"uri","locationName":"Shelf"},"Book":{"shape":"Text","location":"uri",
        "locationName":"Book"},
        "Source":{"shape":"Text","location":"header","locationName":"x-source"},"RoleArn":{"shape":"Text"}}},
      "PageRequest":{"type":"structure","required":["Shelf","Book","Page"],"members":{
        "Shelf":{"shape":"Text","location":"uri","locationName":"Shelf"},"Book":{"shape":"Text","location":"uri",
        "locationName":"Book"},
        "Page":{"shape":"Count","location":"querystring","locationName":"page"}}},
      "ShelfRequest":{"type":"structure","required":["Shelf"],"members":{"Shelf":{"shape":"Text",
        "location":"uri","locationName":"Shelf"}}},
      "Count":{"type":"integer"},"Text":{"type":"string"}}})",
                            "", rules_for("shelf")});
  sources.models.push_back(
      {"tally", "2021-01-01", R"({"metadata":{"apiVersion":"2021-01-01","endpointPrefix":"tally",
    "protocol":"json","jsonVersion":"1.1","serviceId":"Tally","signingName":"tally","targetPrefix":"Tally_2021"},
    "operations":{
      "GetCount":{"name":"GetCount","http":{"method":"POST","requestUri":"/"},"input":{"shape":"In"},
        "output":{"shape":"Out"}},
      "Login":{"name":"Login","http":{"method":"POST","requestUri":"/"},"output":{"shape":"Keys"}}},
    "shapes":{
      "In":{"type":"structure","members":{"CounterName":{"shape":"Text"},"Names":{"shape":"Texts"}}},
      "Out":{"type":"structure","members":{"Count":{"shape":"Number"},"Self":{"shape":"Out"}}},
      "Keys":{"type":"structure","members":{"SecretAccessKey":{"shape":"Text"}}},
      "Texts":{"type":"list","member":{"shape":"Text"}},"Number":{"type":"long"},"Text":{"type":"string"}}})",
       R"({"merge":{"shapes":{"Number":{"type":"double"}}}})", rules_for("tally")});
  sources.iam.push_back(
      {"shelf",
       R"({"putbook":{"name":"PutBook","accessLevel":"Write","resourceTypes":[{"name":"book","required":true}]},
      "copybook":{"name":"CopyBook","accessLevel":"Write","resourceTypes":[{"name":"book","required":true}]},
      "listbooks":{"name":"ListBooks","accessLevel":"List","resourceTypes":[{"name":"shelf","required":true}]}})",
       R"({"book":{"key":"book","arn":"arn:${Partition}:shelf:${Region}:${Account}:${Shelf}/${Book}"},
      "shelf":{"key":"shelf","arn":"arn:${Partition}:shelf:${Region}:${Account}:${Shelf}"}})"});
  sources.iam.push_back(
      {"tally",
       R"({"getcount":{"name":"GetCount","accessLevel":"Read","resourceTypes":[{"name":"counter",
        "required":true}]}})",
       R"({"counter":{"key":"counter",
        "arn":"arn:${Partition}:tally:${Region}:${Account}:counter/${CounterName}"}})"});
  sources.iam.push_back(
      {"iam", R"({"passrole":{"name":"PassRole","accessLevel":"Write","resourceTypes":[]}})",
       R"({})"});
  sources.overlay.push_back({"classes.txt", "credentials tally Login\n"});
  return sources;
}

}  // namespace strait::catalog
