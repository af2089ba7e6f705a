import type { Bench } from './bench.ts';

/** Every bench by the name that `npm run bench -- NAME` takes. */
export const benches: Readonly<Record<string, Bench>> = {
  pipeline: {
    about: 'signed transfers that one node commits, against the bare steps of that work',
    options: {
      rounds: { about: 'turns of each side', default: '5' },
      transactions: { about: 'transfers per round', default: '20000' },
      accounts: { about: 'accounts that send in turn', default: '2000' },
      period: { about: 'milliseconds from block to block', default: '250' },
    },
    load: async () => (await import('./benches/pipeline.ts')).runPipeline,
  },
  state: {
    about: 'cost of updates and proofs as the state grows',
    options: { sizes: { about: 'numbers of keys', default: '10000,100000,1000000' } },
    load: async () => (await import('./benches/state.ts')).runState,
  },
};
