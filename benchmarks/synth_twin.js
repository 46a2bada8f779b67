// The JavaScript twin of benchmarks/synth.py: the same number of resources as in the kit's templates, with the same L2 constructs.
//
// usage: node synth_twin.js TEMPLATES.json OUTDIR FUNCTIONS DOCUMENTS. It creates one stack per template. Resources that an L2
// construct adds itself (permissions, log groups, default policies) are left to it; types without an L2 construct become a
// CfnResource. The numbers of outputs, assets, tags, dependencies and acknowledgments match. It prints the number of resources.
const fs = require('fs');
const cdk = require('aws-cdk-lib');
const apigateway = require('aws-cdk-lib/aws-apigateway');
const cloudwatch = require('aws-cdk-lib/aws-cloudwatch');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const events = require('aws-cdk-lib/aws-events');
const targets = require('aws-cdk-lib/aws-events-targets');
const iam = require('aws-cdk-lib/aws-iam');
const lambda = require('aws-cdk-lib/aws-lambda');
const logs = require('aws-cdk-lib/aws-logs');
const s3 = require('aws-cdk-lib/aws-s3');
const assets = require('aws-cdk-lib/aws-s3-assets');
const secretsmanager = require('aws-cdk-lib/aws-secretsmanager');
const sqs = require('aws-cdk-lib/aws-sqs');
const ssm = require('aws-cdk-lib/aws-ssm');
const stepfunctions = require('aws-cdk-lib/aws-stepfunctions');

const [templates, outdir, functions, documents] = process.argv.slice(2);
const code = fs.readdirSync(functions).map((name) => `${functions}/${name}`);

const ADDED_BY_OTHERS = new Set(['AWS::IAM::Role', 'AWS::Logs::LogGroup', 'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission', 'AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Deployment', 'AWS::ApiGateway::Stage', 'AWS::ApiGateway::UsagePlanKey']);

const api = (stack) => stack.api ??= new apigateway.RestApi(stack, 'Api', {endpointTypes: ['REGIONAL'], cloudWatchRole: true});
const roots = (stack) => stack.roots ??= [];
const MAKERS = {
  'AWS::Lambda::Function': (stack, id, index) => {
    const role = new iam.Role(stack, `${id}Role`, {assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), description: id});
    const logGroup = new logs.LogGroup(stack, `${id}Logs`, {retention: 30, removalPolicy: cdk.RemovalPolicy.DESTROY});
    logGroup.grantWrite(role);
    stack.handler = new lambda.Function(stack, id, {
      code: lambda.Code.fromAsset(code[index % code.length], {assetHash: `${index % code.length}`, assetHashType: 'custom'}),
      runtime: lambda.Runtime.PYTHON_3_14, architecture: lambda.Architecture.ARM_64, handler: 'a.b', role, logGroup,
      timeout: cdk.Duration.minutes(1), memorySize: 256, environment: {A: 'a', B: logGroup.logGroupName}, retryAttempts: 0});
    stack.handler.addToRolePolicy(new iam.PolicyStatement({actions: ['bedrock:GetCustomModel'],
      resources: [stack.formatArn({service: 'bedrock', resource: 'custom-model', resourceName: '*'})]}));
  },
  'AWS::IAM::Policy': (stack, id, index, properties) => id.includes('DefaultPolicy') || new iam.Policy(stack, id, {
    roles: [stack.handler.role], statements: properties.PolicyDocument.Statement.map(({Action}) =>
      new iam.PolicyStatement({actions: [Action].flat(), resources: [stack.handler.functionArn]}))}),
  'AWS::DynamoDB::Table': (stack, id, index, properties) => new dynamodb.CfnTable(stack, id, {billingMode: 'PAY_PER_REQUEST',
    attributeDefinitions: [{attributeName: 'a', attributeType: 'S'}], keySchema: [{attributeName: 'a', keyType: 'HASH'}]}),
  'AWS::S3::Bucket': (stack, id) => new s3.Bucket(stack, id, {enforceSSL: true, versioned: true, blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: s3.BucketEncryption.S3_MANAGED, lifecycleRules: [{noncurrentVersionExpiration: cdk.Duration.days(30)}]}),
  'AWS::SQS::Queue': (stack, id) => new sqs.Queue(stack, id, {enforceSSL: true, visibilityTimeout: cdk.Duration.minutes(5)}),
  'AWS::StepFunctions::StateMachine': (stack, id, index, properties) => new stepfunctions.StateMachine(stack, id, {
    definitionBody: stepfunctions.DefinitionBody.fromString(JSON.stringify(properties.DefinitionString)), timeout: cdk.Duration.days(15)}),
  'AWS::Events::Rule': (stack, id) => new events.Rule(stack, id, {eventPattern: {source: ['aws.s3']},
    targets: stack.handler ? [new targets.LambdaFunction(stack.handler)] : []}),
  'AWS::ApiGateway::RestApi': (stack) => api(stack),
  'AWS::ApiGateway::Resource': (stack, id) => roots(stack).push(api(stack).root.addResource(id)),
  'AWS::ApiGateway::Method': (stack, id, index) => (roots(stack).shift() ?? api(stack).root.addResource(id)).addMethod('ANY',
    new apigateway.LambdaIntegration(stack.handler), {apiKeyRequired: true}),
  'AWS::ApiGateway::GatewayResponse': (stack, id) => api(stack).addGatewayResponse(id, {type: apigateway.ResponseType.DEFAULT_4XX, templates: {a: '{}'}}),
  'AWS::ApiGateway::ApiKey': (stack, id) => { stack.key = new apigateway.ApiKey(stack, id); },
  'AWS::ApiGateway::UsagePlan': (stack, id) => new apigateway.UsagePlan(stack, id, {throttle: {rateLimit: 1, burstLimit: 2}}).addApiKey(stack.key),
  'AWS::SSM::Parameter': (stack, id) => new ssm.StringParameter(stack, id, {stringValue: 'a'}),
  'AWS::SecretsManager::Secret': (stack, id) => new secretsmanager.Secret(stack, id),
  'AWS::CloudWatch::Alarm': (stack, id) => new cloudwatch.Alarm(stack, id, {threshold: 1, evaluationPeriods: 1,
    metric: new cloudwatch.Metric({namespace: 'n', metricName: 'm'})}),
};

const app = new cdk.App({outdir});
let index = 0;
let earlier;
for (const [name, template] of Object.entries(JSON.parse(fs.readFileSync(templates)))) {
  const stack = new cdk.Stack(app, name, {env: {region: 'us-east-1'}});
  if (earlier) stack.addStackDependency(earlier);
  earlier = stack;
  const resources = Object.entries(template.Resources);
  resources.sort(([, a], [, b]) => (b.Type === 'AWS::Lambda::Function') - (a.Type === 'AWS::Lambda::Function'));
  for (const [id, {Type, Properties}] of resources) {
    if (ADDED_BY_OTHERS.has(Type)) continue;
    if (MAKERS[Type]) MAKERS[Type](stack, id, index++, Properties);
    else new cdk.CfnResource(stack, id, {type: Type, properties: {Name: 'a'}});
    if (Type === 'Custom::BucketObjects') new assets.Asset(stack, `${id}Files`, {path: documents});
    if (Type === 'AWS::IAM::Policy') cdk.Validations.of(stack).acknowledge({id: `AwsSolutions-IAM5[${id}]`, reason: 'a'});
  }
  for (const id of Object.keys(template.Outputs ?? {})) new cdk.CfnOutput(stack, `${id}Output`, {value: stack.stackName});
}
cdk.Tags.of(app).add('bedrock-kit:deployment', 'twin');
const made = app.synth().stacks.reduce((sum, stack) => sum + Object.keys(stack.template.Resources).length, 0);
console.log(made);
