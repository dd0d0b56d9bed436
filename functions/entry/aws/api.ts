import { handle } from 'hono/aws-lambda';
import type { Item } from '../../../lib/job/queue.ts';
import { createApp } from '../../api/app.ts';
import { apiAuth, chunkQueueUrl, storeLocation } from '../../runtime/env.ts';
import { lambdaLog } from '../../runtime/log.ts';
import { sqsClient, sqsQueue } from '../../runtime/sqs.ts';
import { openStore } from '../../runtime/stores.ts';
import { pageIn } from './page-folder.ts';

const store = openStore(storeLocation());
const world = { store, inputs: store, now: Date.now, log: lambdaLog() };
const page = pageIn(new URL('./page/', import.meta.url)); // the deploy puts it beside the bundle

const queue = sqsQueue<Item>(sqsClient(), chunkQueueUrl());

export const handler = handle(createApp(world, { auth: apiAuth(), queue, ...(page && { page }) }));
