import { createMemoryStore } from '../../../src/auth/store/memory-store.ts';
import { keepsSignIns } from './store-contract.ts';

keepsSignIns('memory', async () => {
  const store = createMemoryStore();
  return async () => store;
});
