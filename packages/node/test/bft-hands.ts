import { bftExtToBytes, bftProposer, bftSealToBytes, PRECOMMIT, voteMessage } from '@vsys/consensus-bft';
import { type Chain, sealMessage } from '@vsys/consensus';
import { type Block, blockId, type ChainSpec } from '@vsys/data-format';
import { START_MS, testChain, type TestChain } from './support.ts';

/** Speaks with the keys of all four validators of a chain under bft@1. */
export interface BftHands {
  readonly setup: TestChain;
  /** A block on the head, as the proposer of that round seals it. */
  proposalOn(chain: Chain, round?: number): Promise<Block>;
  propose(block: Block): Uint8Array;
  certificateOf(block: Block, by?: readonly number[]): Uint8Array;
}

export function bftHands(chainIdOf: (spec: ChainSpec) => Uint8Array): BftHands {
  const setup = testChain('bft', 4);
  const chainId = chainIdOf(setup.spec);
  const seats = { validators: setup.seats.map(({ account, publicKey }) => ({ account, key: publicKey.bytes })) };
  const propose = ({ header }: Pick<Block, 'header'>): Uint8Array => {
    const round = new DataView(header.ext.buffer, header.ext.byteOffset).getUint32(0);
    return bftSealToBytes({ kind: 'proposal', signature: setup.seats[bftProposer(seats, header.height, round)]!.sign(sealMessage(blockId(header))) });
  };
  return {
    setup,
    propose,
    proposalOn: async (chain, round = 0) => {
      const built = await chain.build({ job: 'test', on: chain.head.id, timeMs: chain.head.header.timeMs + 1_000 + round, ext: bftExtToBytes(round), deadlineMs: START_MS + 70_000 });
      if (built === undefined) throw new Error('nothing was built');
      return { ...built.block, seal: propose(built.block) };
    },
    certificateOf: ({ header }, by = [0, 1, 2]) => {
      const message = voteMessage(chainId, { step: PRECOMMIT, height: header.height, round: 4, id: blockId(header) });
      return bftSealToBytes({ kind: 'certificate', round: 4, precommits: by.map((seat) => ({ seat, signature: setup.seats[seat]!.sign(message) })) });
    },
  };
}
