import { memoryStore } from '../../lib/store/memory.ts';
import { describeStore } from './conformance.ts';

describeStore('memory', async () => ({ store: memoryStore(), close: async () => {} }));
