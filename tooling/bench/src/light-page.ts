/** What the page of the bench runs: one document of a long chain, read from a cold start. */
import { connect, stampOf } from '@vsys/client';

export interface LightRead {
  readonly url: string;
  readonly chainId: string;
  readonly owner: string;
  readonly id: number;
}

export interface LightShown {
  readonly readMs: number;
  /** Since the page was asked for. */
  readonly pageMs: number;
  readonly height: number;
  readonly proof: string | undefined;
}

/** One document, with every header of the chain followed from the first one on. */
export async function lightRead({ url, chainId, owner, id }: LightRead): Promise<LightShown> {
  const startMs = performance.now();
  using chain = await connect(url, { chainId });
  const document = await chain.db({ owner, name: 'world' }).collection('cities').findOne({ _id: BigInt(id) } as never);
  const endMs = performance.now();
  return { readMs: endMs - startMs, pageMs: endMs, height: chain.followed.tip.height, proof: document === null ? undefined : stampOf(document)?.proof };
}

Object.assign(globalThis, { lightRead });
