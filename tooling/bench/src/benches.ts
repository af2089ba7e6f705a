import type { Bench } from './bench.ts';
import { CHAINS_FOLDER } from './chains-folder.ts';

/** Every bench by the name that `npm run bench -- NAME` takes. */
export const benches: Readonly<Record<string, Bench>> = {
  network: {
    about: 'four node processes, signed transfers over RPC: what stands in blocks per second, and how long it took',
    options: {
      rate: { about: 'transfers per second that are offered', default: '3000' },
      seconds: { about: 'how long they are offered', default: '40' },
      senders: { about: 'accounts that send', default: '400' },
      waiting: { about: 'transfers in a pool above which a node is left alone', default: '5000' },
      profile: { about: 'folder for a processor profile of each node, or none', default: 'none' },
    },
    load: async () => (await import('./benches/network.ts')).runNetwork,
  },
  catchup: {
    about: 'a new node process joins a chain over libp2p, until it has the head',
    options: {
      transactions: { about: 'signed transfers in the chain', default: '500000' },
      block: { about: 'transfers in a block', default: '1000' },
      chains: { about: 'folder where chains are kept for the next run', default: CHAINS_FOLDER },
      profile: { about: 'folder for a processor profile of the new node, or none', default: 'none' },
    },
    load: async () => (await import('./benches/catchup.ts')).runCatchup,
  },
  restart: {
    about: 'start of a node process over a database with three indexes: time to ready and resident memory',
    options: {
      documents: { about: 'documents in the database', default: '1000000' },
      chains: { about: 'folder where chains are kept for the next run', default: CHAINS_FOLDER },
      rounds: { about: 'starts that are measured after a stop, and after a SIGKILL', default: '3' },
      profile: { about: 'folder for a processor profile of each start, or none', default: 'none' },
    },
    load: async () => (await import('./benches/restart.ts')).runRestart,
  },
  checkpoint: {
    about: 'vsys db get on a long chain, with and without the checkpoint of the command before',
    options: {
      blocks: { about: 'blocks of the chain', default: '10000' },
      chains: { about: 'folder where chains are kept for the next run', default: CHAINS_FOLDER },
      rounds: { about: 'turns of each side', default: '5' },
    },
    load: async () => (await import('./benches/checkpoint.ts')).runCheckpoint,
  },
  light: {
    about: 'one document of a long chain by the driver, from a cold start, in Node and in a page of a real Chromium',
    options: {
      blocks: { about: 'blocks of the chain', default: '10000' },
      chains: { about: 'folder where chains are kept for the next run', default: CHAINS_FOLDER },
      rounds: { about: 'cold starts of each', default: '5' },
    },
    load: async () => (await import('./benches/light.ts')).runLight,
  },
  pipeline: {
    about: 'signed transfers that one node commits, against the bare steps of that work',
    options: {
      rounds: { about: 'turns of each side', default: '5' },
      transactions: { about: 'transfers per round', default: '40000' },
      accounts: { about: 'accounts that send in turn', default: '2000' },
      period: { about: 'milliseconds from block to block', default: '500' },
    },
    load: async () => (await import('./benches/pipeline.ts')).runPipeline,
  },
  state: {
    about: 'cost of updates and proofs as the state grows',
    options: { sizes: { about: 'numbers of keys', default: '10000,100000,1000000' } },
    load: async () => (await import('./benches/state.ts')).runState,
  },
  documents: {
    about: 'documents with three indexes against PostgreSQL: inserts, reads, updates; proofs, and bytes stored',
    options: {
      documents: { about: 'numbers of documents', default: '100000' },
      block: { about: 'documents in a block, and in a commit of PostgreSQL', default: '1000' },
      reads: { about: 'reads in a turn', default: '2000' },
      updates: { about: 'updates in a turn', default: '100' },
      peer: { about: 'what they are held against: postgres or none', default: 'postgres' },
    },
    load: async () => (await import('./benches/documents.ts')).runDocuments,
  },
  storage: {
    about: 'bytes of documents and index entries, in the state and on disk, and what it costs to drop them',
    options: { sizes: { about: 'numbers of documents', default: '10000,100000' } },
    load: async () => (await import('./benches/storage.ts')).runStorage,
  },
  finality: {
    about: 'time until a block is final at each node, in the simulator: messages of 20 to 220 ms, some lost',
    options: {
      modules: { about: 'consensus modules', default: 'spos,poa,bft' },
      seats: { about: 'numbers of seats', default: '4,15' },
      seconds: { about: 'virtual seconds that are measured', default: '120' },
      slot: { about: 'virtual milliseconds of a slot', default: '4000' },
      loss: { about: 'messages lost of 1,000', default: '50' },
      seed: { about: 'of the run', default: '1' },
    },
    load: async () => (await import('./benches/finality.ts')).runFinality,
  },
  heal: {
    about: 'two halves apart, in the simulator, until they are one chain; a real process from its restart to its first block',
    options: {
      modules: { about: 'consensus modules', default: 'spos,poa,bft' },
      minutes: { about: 'virtual minutes apart', default: '10' },
      slot: { about: 'virtual milliseconds of a slot', default: '4000' },
      rounds: { about: 'restarts of a real process', default: '3' },
      seeds: { about: 'runs of each module', default: '3' },
    },
    load: async () => (await import('./benches/heal.ts')).runHeal,
  },
  reorg: {
    about: 'a branch of many blocks given up for one that is longer, on a real store and log',
    options: {
      blocks: { about: 'blocks that are given up', default: '1000' },
      transactions: { about: 'transfers in a block', default: '10' },
      rounds: { about: 'how often', default: '3' },
    },
    load: async () => (await import('./benches/reorg.ts')).runReorg,
  },
  nonfinality: {
    about: 'what a chain holds in memory while no block is final',
    options: {
      blocks: { about: 'blocks without finality', default: '10000' },
      transactions: { about: 'transfers in a block', default: '5' },
    },
    load: async () => (await import('./benches/nonfinality.ts')).runNonfinality,
  },
};
