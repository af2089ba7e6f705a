import { describe, expect, test } from '@jest/globals';
import { containerCompliance } from '@vsys/container/compliance';
import { balanceKey, numberToRecord } from '@vsys/transaction';
import { createNameContainer } from '../src/index.ts';
import { heightToRecord, nameDefaults, nameKey, nameParamsFromBytes, nameParamsToBytes, type NameRecord, nameToRecord, reservationKey } from '../src/layout.ts';
import { clearLocalName, commitmentOf, nameOps, reserveName, revealName, setLocalName } from '../src/ops.ts';
import { account, quick, salt } from './harness.ts';

const [ada, bob] = [1, 2].map(account) as [Uint8Array, Uint8Array];
const held = (owner: Uint8Array, expires = 10_000): NameRecord => ({ owner, reservedAt: 0, commitment: new Uint8Array(32), contestUntil: 0, expires });

describe('names as a container', () => {
  containerCompliance({
    test,
    create: () => {
      const reveal = revealName('orchid', salt(1)).payload;
      return {
        container: createNameContainer(),
        params: nameParamsToBytes({ ...quick, reserveMin: 1, contest: 1 }),
        before: [
          { key: balanceKey(ada), value: numberToRecord(10_000n) as Uint8Array },
          { key: reservationKey(commitmentOf(salt(1), 'orchid', ada)), value: heightToRecord(0) },
          { key: nameKey('lotus'), value: nameToRecord(held(ada)) },
          { key: nameKey('aster'), value: nameToRecord(held(bob)) },
        ],
        malformed: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(13, 1, 97), Uint8Array.of(1, 2), Uint8Array.of(...reveal, ...new Uint8Array(60)), Uint8Array.of(3, 1, 65), Uint8Array.of(6, 1, 97)],
        story: [
          { payload: reserveName('violet', ada, salt(2)).payload, actor: ada, becomes: 'ok' },
          { payload: reserveName('violet', ada, salt(2)).payload, actor: ada, becomes: 'NAME_RESERVED' },
          { payload: reveal, actor: ada, becomes: 'ok' },
          { payload: reveal, actor: ada, becomes: 'NAME_NO_RESERVATION' },
          { payload: revealName('violet', salt(2)).payload, actor: ada, becomes: 'ok' },
          { payload: nameOps('lotus').setTarget(ada).payload, actor: ada, becomes: 'ok' },
          { payload: nameOps('lotus').setPrimary().payload, actor: ada, becomes: 'ok' },
          { payload: nameOps('aster').setTarget(ada).payload, actor: ada, becomes: 'NAME_NOT_OWNER' },
          { payload: nameOps('lotus').offer(bob).payload, actor: ada, becomes: 'ok' },
          { payload: nameOps('lotus').accept().payload, actor: bob, becomes: 'ok' },
          { payload: nameOps('lotus').clearTarget().payload, actor: bob, becomes: 'ok' },
          { payload: nameOps('aster').renew().payload, actor: ada, becomes: 'NAME_FAR' },
          { payload: nameOps('orchid').renew().payload, actor: ada, becomes: 'ok' },
          { payload: nameOps('orchid').renew().payload, actor: bob, becomes: 'NAME_CANNOT_PAY' },
          { payload: nameOps('orchid').redeem().payload, actor: ada, becomes: 'NAME_STANDING' },
          { payload: nameOps('nobody').buy().payload, actor: ada, becomes: 'NAME_STANDING' },
          { payload: setLocalName('home', ada).payload, actor: ada, becomes: 'ok' },
          { payload: clearLocalName('home').payload, actor: ada, becomes: 'ok' },
        ],
      };
    },
  });
});

describe('the parameters of names', () => {
  test('come back as they were, and none are the defaults', () => {
    expect(nameParamsFromBytes(nameParamsToBytes(quick))).toEqual({ ok: true, value: quick });
    expect(nameParamsFromBytes(new Uint8Array())).toEqual({ ok: true, value: nameDefaults });
  });

  test.each([
    ['a term of none', { ...quick, term: 0 }], ['a reveal that is late before it is early', { ...quick, reserveMax: 4 }], ['a price below 0', { ...quick, price: -1n }],
    ['reserved names out of order', { ...quick, reserved: ['vsys', 'bank'] }], ['a reserved name that is none', { ...quick, reserved: ['Bank'] }],
  ])('%s is refused', (_, params) => {
    expect(nameParamsFromBytes(nameParamsToBytes(params))).toMatchObject({ ok: false, code: 'NAME_PARAMS' });
    expect(() => createNameContainer().genesis?.(nameParamsToBytes(params))).toThrow(expect.objectContaining({ code: 'NAME_PARAMS' }) as never);
  });
});
