import { toHex } from '@vsys/primitives';
import { headerFromBytes } from '@vsys/data-format';
import type { RpcEvent } from '@vsys/rpc';
import { type Client, ClientError, createClient, type Trust } from '@vsys/rpc/client';

/** What the subscriptions of one node told from its first start to the end, over as many connections as it took. */
export interface NodeWatch {
  /** The branch as the events of heads tell it, oldest first, since the first event or the last gap. */
  readonly branch: readonly { readonly height: number; readonly id: string }[];
  readonly finals: readonly { readonly height: number; readonly id: string }[];
  readonly events: number;
  /** Gaps that were told: then nothing is claimed of what lies between. */
  readonly gaps: number;
  readonly undone: number;
  /** Events that do not fit the ones before. */
  readonly broken: readonly string[];
  close(): Promise<void>;
}

/** Subscribes to heads and final of a node that is up. */
export function watchNode(url: string, trust: Trust): NodeWatch {
  const stop = new AbortController();
  const branch: { height: number; id: string }[] = [];
  const finals: { height: number; id: string }[] = [];
  const broken: string[] = [];
  const sums = { events: 0, gaps: 0, undone: 0 };
  const client: Client = createClient({ url, trust });

  const onHeads = ({ undone, applied }: Extract<RpcEvent, { topic: 'heads' }>): void => {
    for (const one of undone) {
      const last = branch.pop();
      sums.undone++;
      // Blocks below the first that was told are not known here.
      if (last !== undefined && last.id !== one.id) broken.push(`heads tell ${one.id.slice(0, 12)} undone at height ${one.height}, the last told was ${last.id.slice(0, 12)} at ${last.height}`);
    }
    for (const one of applied) {
      const header = headerFromBytes(new Uint8Array(Buffer.from(one.header, 'base64')));
      const last = branch.at(-1);
      if (!header.ok) broken.push(`the header of ${one.id.slice(0, 12)} cannot be read`);
      else if (last !== undefined && (toHex(header.value.parent) !== last.id || one.height !== last.height + 1)) broken.push(`heads tell ${one.id.slice(0, 12)} at height ${one.height} after ${last.id.slice(0, 12)} at ${last.height}: a gap or a repeat that was not told`);
      branch.push({ height: one.height, id: one.id });
    }
  };
  const onFinal = ({ final }: Extract<RpcEvent, { topic: 'final' }>): void => {
    const last = finals.at(-1);
    // A node that starts again may tell for a moment what it had flushed last.
    if (last !== undefined && last.height === final.height && last.id !== final.id) broken.push(`final was ${last.id.slice(0, 12)} and is ${final.id.slice(0, 12)} at height ${final.height}`);
    finals.push({ height: final.height, id: final.id });
  };
  const follow = async (topic: 'heads' | 'final'): Promise<void> => {
    try {
      for await (const event of client.subscribe({ topic }, { signal: stop.signal })) {
        sums.events++;
        if (event.topic === 'gap') {
          sums.gaps++;
          branch.length = 0;
        } else if (event.topic === 'heads') onHeads(event);
        else if (event.topic === 'final') onFinal(event);
      }
    } catch (error) {
      if (!stop.signal.aborted) broken.push(`the subscription of ${topic} ended with ${error instanceof ClientError ? error.code : String(error)}`);
    }
  };
  const following = Promise.all([follow('heads'), follow('final')]);
  return {
    branch, finals, broken,
    get events() { return sums.events; },
    get gaps() { return sums.gaps; },
    get undone() { return sums.undone; },
    async close() {
      stop.abort();
      await following;
      client.close();
    },
  };
}
