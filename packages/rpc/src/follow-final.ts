import { blockRefToJson } from './chain-json.ts';
import type { Follow } from './chain-api-subscribe.ts';

/** The final block now, and each one after it. */
export const followFinal: Follow = (chain, emit) => {
  emit({ topic: 'final', final: blockRefToJson(chain.final) });
  return chain.listen((event) => {
    if (event.kind === 'final') emit({ topic: 'final', final: blockRefToJson(event.final) });
  });
};
