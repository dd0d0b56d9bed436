import { DEPLOY_NAMES, FUNCTIONS, hiddenFor, METRICS } from '../functions/runtime/env.ts';
import { serviceName } from './lambda.ts';
import type { QueuePair, Queues } from './queues.ts';

type Name = $util.Output<string>;
type Alarm = Omit<aws.cloudwatch.MetricAlarmArgs, 'alarmActions' | 'okActions'>;

const MINUTES = 60;
const HOURS = 60 * MINUTES;

/** What a person is told of, by mail when `CHUNKFLUX_ALARM_EMAIL` was set at the deploy. */
export function makeAlarms(queues: Queues, functions: Record<string, Name>): void {
  const topic = new aws.sns.Topic('Alarms');
  const email = process.env[DEPLOY_NAMES.alarmEmail];
  if (email)
    new aws.sns.TopicSubscription('AlarmsByMail', { topic: topic.arn, protocol: 'email', endpoint: email });

  const raise = (name: string, alarm: Alarm) =>
    new aws.cloudwatch.MetricAlarm(name, { ...alarm, alarmActions: [topic.arn], okActions: [topic.arn] });

  raise('InputDeadLetters', deadLetters('uploads', queues.input));
  raise('ChunkDeadLetters', deadLetters('places', queues.chunks));
  raise('InputAge', oldest('upload', queues.input, 2 * hiddenFor(FUNCTIONS.input)));
  raise('ChunkAge', oldest('place', queues.chunks, 12 * HOURS)); // a backfill may queue for hours
  for (const [name, fn] of Object.entries(functions)) raise(`${title(name)}Errors`, errorRate(name, fn));
  raise('ApiFailures', answersOf5xx(functions.api!));
  raise('StaleProducts', staleProducts());
}

const title = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

const deadLetters = (what: string, { dead }: QueuePair): Alarm => ({
  alarmDescription: `Some ${what} were given up. See "A poisoned input" in docs/operations.md.`,
  namespace: 'AWS/SQS',
  metricName: 'ApproximateNumberOfMessagesVisible',
  dimensions: { QueueName: dead.nodes.queue.name },
  statistic: 'Maximum',
  period: 5 * MINUTES,
  evaluationPeriods: 1,
  comparisonOperator: 'GreaterThanThreshold',
  threshold: 0,
  treatMissingData: 'notBreaching',
});

const oldest = (what: string, { queue }: QueuePair, seconds: number): Alarm => ({
  alarmDescription: `A ${what} has waited for more than ${seconds / HOURS} hours.`,
  namespace: 'AWS/SQS',
  metricName: 'ApproximateAgeOfOldestMessage',
  dimensions: { QueueName: queue.nodes.queue.name },
  statistic: 'Maximum',
  period: 5 * MINUTES,
  evaluationPeriods: 3,
  comparisonOperator: 'GreaterThanThreshold',
  threshold: seconds,
  treatMissingData: 'notBreaching',
});

const errorRate = (name: string, fn: Name): Alarm =>
  share(`More than 5 % of the invocations of ${name} failed for 15 minutes.`, fn, 'Errors', 'Invocations');

/** The API answers its own failures, so that Lambda does not count them as errors. */
const answersOf5xx = (fn: Name): Alarm =>
  share(
    'More than 5 % of the answers of the API were 5xx for 15 minutes.',
    fn,
    'Url5xxCount',
    'UrlRequestCount',
  );

function share(alarmDescription: string, fn: Name, part: string, whole: string): Alarm {
  const metric = (metricName: string) => ({
    namespace: 'AWS/Lambda',
    metricName,
    dimensions: { FunctionName: fn },
    stat: 'Sum',
    period: 5 * MINUTES,
  });
  return {
    alarmDescription,
    metricQueries: [
      { id: 'part', metric: metric(part) },
      { id: 'whole', metric: metric(whole) },
      { id: 'share', expression: '100 * part / whole', label: '%', returnData: true },
    ],
    evaluationPeriods: 3,
    comparisonOperator: 'GreaterThanThreshold',
    threshold: 5,
    treatMissingData: 'notBreaching',
  };
}

/** Counted by the sweep: when nothing is counted, nobody sweeps, and that is an alarm too. */
const staleProducts = (): Alarm => ({
  alarmDescription: 'A product is behind its inputs, or nothing has swept for two hours.',
  namespace: METRICS.namespace,
  metricName: METRICS.staleProducts,
  dimensions: { service: serviceName() },
  statistic: 'Maximum',
  period: HOURS,
  evaluationPeriods: 2,
  comparisonOperator: 'GreaterThanThreshold',
  threshold: 0,
  treatMissingData: 'breaching',
});
