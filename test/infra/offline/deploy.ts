import { planStage, type Resource, type StagePlan } from './plan.ts';

/** A policy as the mocks render it: lists stay lists. */
export interface Statement {
  readonly Effect: string;
  readonly Principal?: Record<string, string[]>;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: { test: string; variable: string; values: string[] }[];
}

export const statementsOf = (policy: string): Statement[] => JSON.parse(policy).Statement;

/** What a deploy of one stage would create, by the names that iac gives. */
export class Deploy {
  readonly plan: StagePlan;

  constructor(plan: StagePlan) {
    this.plan = plan;
  }

  /** @param type without the leading `aws:` */
  all(type: string): Resource[] {
    return this.plan.resources.filter((resource) => resource.type === `aws:${type}`);
  }

  one(type: string, name: RegExp = /./): Resource {
    const [found, ...others] = this.all(type).filter((resource) => name.test(resource.name));
    if (found && others.length === 0) return found;
    throw new Error(`${found ? others.length + 1 : 'no'} ${type} named ${name}`);
  }

  bucket(name: string): Resource {
    return this.one('s3/bucket:Bucket', new RegExp(`^${name}`));
  }

  queue(name: string): Resource {
    return this.one('sqs/queue:Queue', new RegExp(`^${name}Queue$`));
  }

  lambda(name: string): Resource {
    return this.one('lambda/function:Function', new RegExp(`^${name}(Subscriber|Function)`));
  }

  alarm(name: string): Resource {
    return this.one('cloudwatch/metricAlarm:MetricAlarm', new RegExp(`^${name}$`));
  }

  rightsOf(name: string): Statement[] {
    const role = this.one('iam/role:Role', new RegExp(`^${name}(Subscriber.*)?Role$`));
    return statementsOf(role.inputs.inlinePolicies[0].policy);
  }

  variablesOf(name: string): Record<string, string> {
    const { environment } = this.lambda(name).inputs;
    return (environment.value ?? environment).variables; // Pulumi wraps what holds a secret
  }
}

/** Filled before the tests run. */
export interface Deploys {
  test: Deploy;
  production: Deploy;
}

export async function planDeploys(deploys: Deploys): Promise<void> {
  deploys.test = new Deploy(await planStage('test', { CHUNKFLUX_ALARM_EMAIL: 'carbon@example.org' }));
  deploys.production = new Deploy(
    await planStage('production', { CHUNKFLUX_CONCURRENCY: '200', CHUNKFLUX_BUDGET: '12.5' }),
  );
}
