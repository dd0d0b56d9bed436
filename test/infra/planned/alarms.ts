import { describe, expect, it } from 'vitest';
import { FUNCTIONS, hiddenFor } from '../../../functions/runtime/env.ts';
import type { Deploys } from '../offline/deploy.ts';

export function plannedAlarms(deploys: Deploys): void {
  describe('alarms', () => {
    it('watches both dead-letter queues, the wait in both queues, every function and every product', () => {
      expect(
        deploys.test
          .all('cloudwatch/metricAlarm:MetricAlarm')
          .map(({ name }) => name)
          .sort(),
      ).toEqual([
        'ApiErrors',
        'ApiFailures',
        'ChunkAge',
        'ChunkDeadLetters',
        'ChunksErrors',
        'FinishErrors',
        'InputAge',
        'InputDeadLetters',
        'InputErrors',
        'StaleProducts',
      ]);
    });

    it('tells someone, and tells them when it is over', () => {
      const topic = deploys.test.one('sns/topic:Topic').outputs.arn;
      for (const { inputs } of deploys.test.all('cloudwatch/metricAlarm:MetricAlarm')) {
        expect(inputs).toMatchObject({ alarmActions: [topic], okActions: [topic] });
      }
      expect(deploys.test.one('sns/topicSubscription:TopicSubscription').inputs).toMatchObject({
        topic,
        protocol: 'email',
        endpoint: 'carbon@example.org',
      });
      expect(deploys.production.all('sns/topicSubscription:TopicSubscription')).toEqual([]);
    });

    it.each([
      ['InputDeadLetters', 'InputDead'],
      ['ChunkDeadLetters', 'ChunksDead'],
    ])('%s goes off at the first message', (name, dead) => {
      expect(deploys.test.alarm(name).inputs).toMatchObject({
        metricName: 'ApproximateNumberOfMessagesVisible',
        dimensions: { QueueName: deploys.test.queue(dead).inputs.name },
        threshold: 0,
        comparisonOperator: 'GreaterThanThreshold',
      });
    });

    it('lets an upload be tried twice before it calls it late', () => {
      expect(deploys.test.alarm('InputAge').inputs).toMatchObject({
        metricName: 'ApproximateAgeOfOldestMessage',
        dimensions: { QueueName: deploys.test.queue('Input').inputs.name },
        threshold: 2 * hiddenFor(FUNCTIONS.input),
      });
    });

    it('lets a backfill queue for half a day before it calls a place late', () => {
      expect(deploys.test.alarm('ChunkAge').inputs).toMatchObject({
        metricName: 'ApproximateAgeOfOldestMessage',
        dimensions: { QueueName: deploys.test.queue('Chunks').inputs.name },
        statistic: 'Maximum',
        threshold: 12 * 3600,
      });
    });

    it.each([
      ['InputErrors', 'Input', 'Errors', 'Invocations'],
      ['ChunksErrors', 'Chunks', 'Errors', 'Invocations'],
      ['FinishErrors', 'Finish', 'Errors', 'Invocations'],
      ['ApiErrors', 'Api', 'Errors', 'Invocations'],
      ['ApiFailures', 'Api', 'Url5xxCount', 'UrlRequestCount'],
    ])('%s is a share of what %s did', (name, fn, part, whole) => {
      const { metricQueries, threshold } = deploys.test.one(
        'cloudwatch/metricAlarm:MetricAlarm',
        new RegExp(`^${name}$`),
      ).inputs;
      const metric = (metricName: string) => ({
        metricName,
        dimensions: { FunctionName: deploys.test.lambda(fn).inputs.name },
      });
      expect(metricQueries).toMatchObject([
        { metric: metric(part) },
        { metric: metric(whole) },
        { expression: '100 * part / whole', returnData: true },
      ]);
      expect(threshold).toBe(5);
    });

    it('goes off for a stale product, and when nobody counts', () => {
      expect(deploys.test.alarm('StaleProducts').inputs).toMatchObject({
        namespace: 'chunkflux',
        metricName: 'StaleProducts',
        dimensions: { service: 'chunkflux-test' },
        threshold: 0,
        treatMissingData: 'breaching',
      });
    });
  });
}
