import type { RpcEvent, SubscribeParams } from '../contract.ts';
import { badAnswer } from './client-error.ts';
import { readBlockRef, readHash, readList, readObject, readStatus, readText, readWhole } from './read-json.ts';

/** Blocks that one event may tell of. */
const BLOCKS_MAX = 4_096;

/** @throws ClientError CLIENT_BAD_ANSWER, also for an event of another topic than the one subscribed to */
export function readEvent(json: unknown, topic: SubscribeParams['topic']): RpcEvent {
  const event = readObject(json, 'event');
  const subscription = readWhole(event.subscription, 'subscription');
  if (event.topic === 'gap') return { subscription, topic: 'gap', reason: readText(event.reason, 'reason') };
  if (event.topic !== topic) throw badAnswer(`topic is ${topic} or gap`);
  switch (topic) {
    case 'heads':
      return {
        subscription, topic, token: readHash(event.token, 'token'),
        undone: readList(event.undone, 'undone', BLOCKS_MAX).map((one) => readBlockRef(one)),
        applied: readList(event.applied, 'applied', BLOCKS_MAX).map((one) => ({ ...readBlockRef(one), header: readText(readObject(one, 'block').header, 'header') })),
      };
    case 'final':
      return { subscription, topic, final: readBlockRef(event.final, 'final') };
    case 'transaction':
      return { subscription, topic, status: readStatus(event.status) };
  }
}

/** None follows it. */
export function isLastEvent(event: RpcEvent): boolean {
  return event.topic === 'transaction' && (event.status.kind === 'final' || event.status.kind === 'dropped');
}
