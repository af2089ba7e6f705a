import { expect, test } from '@jest/globals';
import { createVirtualTime, type VirtualTime } from '@vsys/primitives';
import { createMemoryNetwork, createPeerKeeper, KEEPER_LIMITS } from '../src/index.ts';

async function pass(time: VirtualTime, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    time.advance(1);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}

async function setUp(isLost: (nowMs: number) => boolean) {
  const time = createVirtualTime();
  let dials = 0;
  const network = createMemoryNetwork({ seed: 1, time, route: (_from, _to, bytes) => {
    if (bytes === 0) dials++;
    return isLost(time.nowMs()) ? [] : [1];
  } });
  const [a, b] = [network.createHost('a'), network.createHost('b')];
  await Promise.all([a.start(), b.start()]);
  const keeper = createPeerKeeper(['/memory/b'], a, { clock: time, timers: time });
  keeper.start();
  return { time, network, a, keeper, dials: () => dials };
}

const isConnected = ({ peers }: { peers(): readonly unknown[] }): boolean => peers().length === 1;

test.each([700, 3_999, 9_000, 59_300])('a network that swallowed every dial is noticed to be whole again within one try and one wait, whenever that is: after %d ms', async (healMs) => {
  const { time, a, keeper } = await setUp((nowMs) => nowMs < healMs);
  await pass(time, healMs);
  expect(isConnected(a)).toBe(false);
  await pass(time, KEEPER_LIMITS.dialMsMax + KEEPER_LIMITS.retryMsMax + 2);
  expect(isConnected(a)).toBe(true);
  keeper.stop();
  await a.stop();
});

test('a connection that ended is made again, and one that stands is not dialled', async () => {
  const { time, a, network, keeper, dials } = await setUp(() => false);
  await pass(time, 5_000);
  expect([isConnected(a), dials()]).toEqual([true, 1]);
  network.disconnect('a', 'b');
  await pass(time, KEEPER_LIMITS.checkMs + 2);
  expect([isConnected(a), dials()]).toEqual([true, 2]);
  keeper.stop();
  await a.stop();
});

test('who was stopped dials no more, and its dial under way is over', async () => {
  const { time, a, keeper, dials } = await setUp(() => true);
  await pass(time, 100);
  keeper.stop();
  await pass(time, 20_000);
  expect(dials()).toBe(1);
  await a.stop();
});
