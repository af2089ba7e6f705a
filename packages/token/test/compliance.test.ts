import { describe, test } from '@jest/globals';
import { containerCompliance } from '@vsys/container/compliance';
import { createTokenContainer } from '../src/index.ts';
import { accountObjectId, type FungibleRecord, tokenBalanceKey, amountToBytes, tokenKey, tokenToRecord } from '../src/layout.ts';
import { acceptObject, createAccount, createFungible, createNonFungible, destroyObject, fungibleOps, offerObject } from '../src/ops.ts';

const [ada, bob, bean] = [1, 2, 3].map((n) => new Uint8Array(20).fill(n)) as [Uint8Array, Uint8Array, Uint8Array];
const beans = fungibleOps(bean);
const there: FungibleRecord = { kind: 'fungible', creator: ada, owner: ada, symbol: 'BEAN', decimals: 0, supply: 10n, cap: 100n, isRestricted: false, isPaused: false };

describe('tokens as a container', () => {
  containerCompliance({
    test,
    create: () => {
      const move = beans.transfer(bob, ada, 1n).payload;
      return {
        container: createTokenContainer(),
        before: [{ key: tokenKey(bean), value: tokenToRecord(there) }, { key: tokenBalanceKey(bean, bob), value: amountToBytes(10n) }],
        malformed: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(13), move.slice(0, -1), Uint8Array.of(...move, 0), Uint8Array.of(9), Uint8Array.of(9, 0xff)],
        story: [
          { payload: createFungible({ symbol: 'SALT' }).payload, actor: ada, becomes: 'ok' },
          { payload: createNonFungible(bob, new Uint8Array(32), 'x').payload, actor: ada, becomes: 'ok' },
          { payload: createAccount('box').payload, actor: bob, becomes: 'ok' },
          { payload: createAccount('box').payload, actor: bob, becomes: 'TOKEN_EXISTS' },
          { payload: beans.issue(ada, 5n).payload, actor: ada, becomes: 'ok' },
          { payload: beans.issue(ada, 86n).payload, actor: ada, becomes: 'TOKEN_CAP' },
          { payload: move, actor: bob, becomes: 'ok' },
          { payload: move, actor: ada, becomes: 'TOKEN_NOT_HOLDER' },
          { payload: beans.transfer(bob, accountObjectId(bob, 'box'), 9n).payload, actor: bob, becomes: 'ok' },
          { payload: beans.transfer(accountObjectId(bob, 'box'), ada, 2n).payload, actor: bob, becomes: 'ok' },
          { payload: beans.burn(bob, 1n).payload, actor: bob, becomes: 'TOKEN_INSUFFICIENT' },
          { payload: beans.freeze(ada).payload, actor: ada, becomes: 'ok' },
          { payload: beans.burn(ada, 1n).payload, actor: ada, becomes: 'TOKEN_FROZEN' },
          { payload: beans.allow(ada).payload, actor: bob, becomes: 'TOKEN_NOT_OWNER' },
          { payload: beans.pause().payload, actor: ada, becomes: 'ok' },
          { payload: beans.transfer(bob, ada, 1n).payload, actor: bob, becomes: 'TOKEN_PAUSED' },
          { payload: offerObject(bean, bob).payload, actor: ada, becomes: 'ok' },
          { payload: acceptObject(bean).payload, actor: bob, becomes: 'ok' },
          { payload: destroyObject(bean).payload, actor: bob, becomes: 'TOKEN_KIND' },
          { payload: offerObject(ada, bob).payload, actor: ada, becomes: 'TOKEN_UNKNOWN' },
        ],
      };
    },
  });
});
