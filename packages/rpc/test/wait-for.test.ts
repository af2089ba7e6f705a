import { describe, expect, test } from '@jest/globals';
import { reachedStage, type Stage } from '../src/client/wait-for.ts';
import type { RpcEvent, TransactionStatusJson } from '../src/contract.ts';

const hash = 'ab'.repeat(32);
const at = (kind: Stage): TransactionStatusJson => ({ kind, height: 7, blockId: hash, index: 0, receipt: { status: 'ok', code: '', gasUsed: '1', feePaid: '1' } });

async function* events(...statuses: readonly TransactionStatusJson[]): AsyncGenerator<RpcEvent> {
  for (const status of statuses) yield { subscription: 1, topic: 'transaction', status };
}

describe('waiting for a stage', () => {
  const way = [{ kind: 'pooled' } as const, at('included'), at('safe'), at('final')];

  test.each(['included', 'safe', 'final'] as const)('of %s ends at it, and at any later one', async (stage) => {
    expect(await reachedStage(events(...way), stage)).toEqual(at(stage));
    expect(await reachedStage(events({ kind: 'pooled' }, at('final')), stage)).toEqual(at('final'));
    expect(await reachedStage(events({ kind: 'unknown' }, { kind: 'pooled' }), stage)).toBeUndefined();
  });

  test('of safe goes on when a reorganisation takes the transaction back', async () => {
    expect(await reachedStage(events(at('included'), { kind: 'pooled' }, at('included'), at('safe')), 'safe')).toEqual(at('safe'));
    await expect(reachedStage(events(at('included'), { kind: 'dropped', code: 'TX_EXPIRED' }), 'safe')).rejects.toMatchObject({ code: 'TX_EXPIRED' });
  });
});
