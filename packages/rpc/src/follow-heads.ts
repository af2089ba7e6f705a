import { type BlockId, type Logger, toHex } from '@vsys/primitives';
import type { ChainBlock } from '@vsys/consensus';
import { headerToBytes } from '@vsys/data-format';
import { blockRefToJson, bytesToJson } from './chain-json.ts';
import type { Follow, TopicEvent } from './chain-api-subscribe.ts';
import { pathFrom } from './path-from.ts';
import type { UndoneBlocks } from './undone-blocks.ts';

/** Blocks undone and applied that a resumed subscription is told at once; further back it is a gap. */
export const RESUME_BLOCKS_MAX = 512;

/** The head now, or the way from `after` to it, then every change. The token of an event is the id of the head after it. */
export function followHeads(after: BlockId | undefined, undone: UndoneBlocks, logger: Logger): Follow {
  return (chain, emit) => {
    let open = true;
    // Changes before the first event are part of the way that it tells.
    let live = after === undefined;
    if (live) emit(headsEvent([], [chain.head]));
    else {
      pathFrom(chain, undone, after as BlockId, RESUME_BLOCKS_MAX, (path) => {
        live = true;
        if (open && path !== undefined) emit(headsEvent(path.undone, path.applied, path.head));
        else if (open) emit({ topic: 'gap', reason: 'the block of "after" is unknown here or too far back; read the state and subscribe without it' }, true);
      }).catch((error: unknown) => {
        logger.error('heads cannot be followed', { error });
        emit({ topic: 'gap', reason: 'the node could not find its way from "after"' }, true);
      });
    }
    const stop = chain.listen((event) => {
      if (live && event.kind === 'head') emit(headsEvent(event.revert, event.apply, event.head));
    });
    return () => {
      open = false;
      stop();
    };
  };
}

function headsEvent(undone: readonly ChainBlock[], applied: readonly ChainBlock[], head: ChainBlock = applied.at(-1) as ChainBlock): TopicEvent {
  return { topic: 'heads', token: toHex(head.id), undone: undone.map(blockRefToJson), applied: applied.map((block) => ({ ...blockRefToJson(block), header: bytesToJson(headerToBytes(block.header)) })) };
}
