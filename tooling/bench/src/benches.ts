import type { Bench } from './bench.ts';

/** Every bench by the name that `npm run bench -- NAME` takes. */
export const benches: Readonly<Record<string, Bench>> = {
  network: {
    about: 'four node processes, signed transfers over RPC: what stands in blocks per second, and how long it took',
    options: {
      rate: { about: 'transfers per second that are offered', default: '3000' },
      seconds: { about: 'how long they are offered', default: '40' },
      senders: { about: 'accounts that send', default: '400' },
      waiting: { about: 'transfers in a pool above which a node is left alone', default: '12000' },
      profile: { about: 'folder for a processor profile of each node, or none', default: 'none' },
    },
    load: async () => (await import('./benches/network.ts')).run,
  },
};
