/** What AWS would have answered: plausible names, ARNs, addresses and policy documents. Nothing is checked as AWS checks. */

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';

type Facts = Record<string, unknown>;

interface NewResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Facts;
}

interface Call {
  readonly token: string;
  readonly inputs: Facts;
}

const arn = (service: string, rest: string, region = REGION): string =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;

const ARNS: Readonly<Record<string, (name: string) => string>> = {
  'aws:s3/bucket:Bucket': (name) => `arn:aws:s3:::${name}`,
  'aws:sqs/queue:Queue': (name) => arn('sqs', name),
  'aws:sns/topic:Topic': (name) => arn('sns', name),
  'aws:lambda/function:Function': (name) => arn('lambda', `function:${name}`),
  'aws:iam/role:Role': (name) => arn('iam', `role/${name}`, ''),
};

/** The outputs of a resource type that ours or SST's code looks at. */
const OUTPUTS: Readonly<Record<string, (name: string) => Facts>> = {
  'aws:s3/bucket:Bucket': (bucket) => ({
    bucket,
    region: REGION,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${REGION}.amazonaws.com`,
  }),
  'aws:sqs/queue:Queue': (name) => ({ url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}` }),
  'aws:lambda/function:Function': (name) => ({
    version: '1',
    qualifiedArn: `${arn('lambda', `function:${name}`)}:1`,
  }),
  'aws:lambda/functionUrl:FunctionUrl': (name) => ({
    functionUrl: `https://${name.toLowerCase()}.lambda-url.${REGION}.on.aws/`,
  }),
  'aws:cloudfront/distribution:Distribution': () => ({ domainName: 'd111111abcdef8.cloudfront.net' }),
};

const RANDOM = Buffer.alloc(32, 7);

export function newResource({ type, name, inputs }: NewResource): { id: string; state: Facts } {
  const physical = String(inputs.name ?? inputs.bucket ?? name);
  if (type === 'random:index/randomBytes:RandomBytes') {
    return {
      id: name,
      state: { ...inputs, base64: RANDOM.toString('base64'), hex: RANDOM.toString('hex') },
    };
  }
  if (!type.startsWith('aws:')) return { id: `${physical}-id`, state: inputs };
  const known = {
    name: physical,
    arn: ARNS[type]?.(physical) ?? arn('other', `${type.split(':').pop()}/${physical}`),
  };
  return { id: physical, state: { ...known, ...OUTPUTS[type]?.(physical), ...inputs } };
}

export function call({ token, inputs }: Call): Facts {
  switch (token.split(':').pop()) {
    case 'getCallerIdentity':
      return {
        accountId: ACCOUNT,
        arn: `arn:aws:iam::${ACCOUNT}:user/nobody`,
        userId: 'nobody',
        id: ACCOUNT,
      };
    case 'getPartition':
      return { partition: 'aws', dnsSuffix: 'amazonaws.com', id: 'aws' };
    case 'getRegion':
      return { region: REGION, name: REGION, id: REGION };
    case 'getPolicyDocument':
      return policyDocument(inputs as unknown as DocumentInputs);
    default:
      return inputs;
  }
}

interface DocumentInputs {
  readonly statements?: readonly {
    readonly effect?: string;
    readonly actions?: readonly string[];
    readonly resources?: readonly string[];
    readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
    readonly conditions?: readonly {
      readonly test: string;
      readonly variable: string;
      readonly values: readonly string[];
    }[];
  }[];
}

/** As the provider renders them, but for lists of one, which stay lists. No statements are `undefined`: SST asks that. */
function policyDocument({ statements = [] }: DocumentInputs): Facts {
  const json = JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(({ effect = 'Allow', actions, resources, principals, conditions = [] }) => ({
      Effect: effect,
      ...(principals && { Principal: Object.fromEntries(principals.map((p) => [p.type, p.identifiers])) }),
      Action: actions,
      Resource: resources,
      ...(conditions.length > 0 && { Condition: conditions }),
    })),
  });
  return { ...(statements.length > 0 && { statements }), json, minifiedJson: json, id: 'document' };
}
