import type { SQSEvent } from 'aws-lambda';
import { stringify } from 'yaml';
import { putTinyInputs, tinyInputs } from '../../helpers/tiny-inputs.ts';
import { tinyFields } from '../../helpers/tiny-product.ts';
import { type AwsHere, messageOf, uploaded } from './aws-here.ts';
import type { Sandbox } from './sandbox.ts';

/** A year on 768 x 512 pixels: a full chunk of 512 x 512, and a part of one. */
export const putInputs = (aws: AwsHere): Promise<unknown> =>
  putTinyInputs(aws.inputs, tinyInputs({ rows: 768, cols: 512, pixel: 0.0025, years: [2021], perMonth: 1 }));

/** Uploads the spec of CASA NEP with ten outputs. @returns what S3 tells of it */
export async function putSpec(aws: AwsHere, bucket: string, product: string): Promise<SQSEvent> {
  const time = { from: '2021-01', to: '2021-12' };
  const spec = { ...tinyFields(), product, grid: { like: 'ndvi' }, time, inputs: '..' };
  const key = `specs/${product}.yaml`;
  await aws.inputs.put(key, new TextEncoder().encode(stringify(spec)));
  return { Records: [messageOf(uploaded(bucket, key), 'upload')] };
}

export interface Place {
  /** As its message says. */
  readonly body: string;
  readonly cold: boolean;
  readonly ms: number;
  readonly cpuMs: number;
  /** The most that the sandbox has held so far. */
  readonly peakMB: number;
}

/** Does what waits in the queue, and what that brings, one message after the other in one sandbox. */
export async function* doPlaces(aws: AwsHere, chunks: Sandbox): AsyncGenerator<Place> {
  let before = 0;
  for (let event = await aws.receive('Chunks'); event.Records.length; event = await aws.receive('Chunks')) {
    for (const message of event.Records) {
      const { ms, cold, payload, error } = await chunks.invoke({ Records: [message] });
      if (error || JSON.stringify(payload) !== '{"batchItemFailures":[]}')
        throw new Error(JSON.stringify(error ?? payload));
      const used = chunks.cpuMs();
      yield { body: message.body, cold, ms, cpuMs: used - before, peakMB: chunks.peakMB };
      before = used;
    }
  }
}
