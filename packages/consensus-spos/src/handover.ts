import type { Height } from '@vsys/primitives';
import type { SposParams } from './params.ts';
import { sameSeats, type Seat } from './seat-list.ts';

/** Who produces and votes, and who may be next. Part of the context of a block. */
export interface Standing {
  /** In order of index. */
  readonly seats: readonly Seat[];
  /** First height of these seats. */
  readonly since: Height;
  /** What a header announced, and at which height: these take over with an epoch, as soon as that header is final. */
  readonly announced?: { readonly height: Height; readonly seats: readonly Seat[] };
}

/** Whether seats may change with the block of this height, and a list may be announced in it. */
export function isFirstOfEpoch({ epochBlocks }: Pick<SposParams, 'epochBlocks'>, height: Height): boolean {
  return height % epochBlocks === 0;
}

/**
 * Who stands at the next block of a branch. New seats take over with the first block of an epoch, and only when the header that announced them is
 * recorded final on this very branch: two branches that disagree on who seals have then both finalised that header, which is one of them.
 *
 * @param recordedFinal - what the headers of the branch make final, up to the parent
 */
export function standingAfter(params: Pick<SposParams, 'epochBlocks'>, standing: Standing, recordedFinal: Height, height: Height): Standing {
  const { announced } = standing;
  return announced !== undefined && isFirstOfEpoch(params, height) && recordedFinal >= announced.height ? { seats: announced.seats, since: height } : standing;
}

/** The seats standing, named again, only call off what was announced before. */
export function withAnnounced({ seats, since }: Standing, height: Height, announces: readonly Seat[]): Standing {
  return sameSeats(seats, announces) ? { seats, since } : { seats, since, announced: { height, seats: announces } };
}

/** The list that headers named last: a list that is the same is not announced again. */
export function namedSeats({ seats, announced }: Standing): readonly Seat[] {
  return announced?.seats ?? seats;
}
