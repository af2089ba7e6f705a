import { describe, test } from '@jest/globals';
import { containerCompliance } from '@vsys/container/compliance';
import { uint64ToBytes } from '@vsys/primitives';
import { balanceKey, createCoinContainer, transfer } from '../src/index.ts';

const [ada, bob] = [new Uint8Array(20).fill(1), new Uint8Array(20).fill(2)];

describe('the coin as a container', () => {
  containerCompliance({
    test,
    create: () => ({
      container: createCoinContainer(),
      before: [{ key: balanceKey(ada), value: uint64ToBytes(100n) }, { key: balanceKey(bob), value: uint64ToBytes(0xffff_ffff_ffff_fff0n) }],
      malformed: [new Uint8Array(), new Uint8Array(28), new Uint8Array(27).fill(1), new Uint8Array(29).fill(1)],
      story: [
        { payload: transfer(bob, 10n).payload, actor: ada, becomes: 'ok' },
        { payload: transfer(bob, 91n).payload, actor: ada, becomes: 'COIN_INSUFFICIENT' },
        { payload: transfer(bob, 6n).payload, actor: ada, becomes: 'COIN_OVERFLOW' },
        { payload: transfer(ada, 90n).payload, actor: ada, becomes: 'ok' },
        { payload: transfer(new Uint8Array(20).fill(3), 90n).payload, actor: ada, becomes: 'ok' },
        { payload: transfer(ada, 1n).payload, actor: ada, becomes: 'COIN_INSUFFICIENT' },
      ],
    }),
  });
});
