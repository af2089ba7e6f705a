import { describe, test } from '@jest/globals';
import { containerCompliance } from '@vsys/container/compliance';
import { databaseId, databaseKey, databaseToRecord } from '@vsys/database/layout';
import { createModerationContainer } from '../src/index.ts';
import { describeModerator, moderationOf } from '../src/ops.ts';

const [ada, watch, eve] = [1, 2, 3].map((n) => new Uint8Array(20).fill(n)) as [Uint8Array, Uint8Array, Uint8Array];
const world = databaseId(ada, 'world');
const page = moderationOf({ kind: 'document', database: world, collection: 'pages', idKey: Uint8Array.of(0x20, 1) });
const [whole, part, person] = [moderationOf({ kind: 'database', database: world }), moderationOf({ kind: 'collection', database: world, collection: 'pages' }), moderationOf({ kind: 'person', account: eve })];

describe('moderation as a container', () => {
  containerCompliance({
    test,
    create: () => {
      const mark = page.mark('fraud', 'sells what is not there').payload;
      const at = (payload: Uint8Array, place: number, byte: number): Uint8Array => payload.map((one, i) => (i === place ? byte : one));
      return {
        container: createModerationContainer(),
        before: [{ key: databaseKey(world), value: databaseToRecord({ owner: ada, name: 'world' }) }],
        malformed: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(6), Uint8Array.of(1), Uint8Array.of(1, 0), Uint8Array.of(1, 9, 9), Uint8Array.of(4), at(mark, 1, 0xff), at(mark, 3, 5), at(mark, 24, 70), Uint8Array.of(...whole.unmark().payload, 0), whole.unmark().payload.slice(0, -1)],
        story: [
          { payload: mark, actor: watch, becomes: 'MODERATION_NO_MODERATOR' },
          { payload: describeModerator('Watch of Orchid', 'https://orchid.example/rules').payload, actor: watch, becomes: 'ok' },
          { payload: mark, actor: watch, becomes: 'ok' },
          { payload: mark, actor: watch, becomes: 'MODERATION_MARKED' },
          { payload: whole.mark('spam').payload, actor: watch, becomes: 'ok' },
          { payload: part.mark('spam').payload, actor: watch, becomes: 'ok' },
          { payload: person.mark('spam').payload, actor: watch, becomes: 'ok' },
          { payload: page.answer('no').payload, actor: watch, becomes: 'MODERATION_NO_APPEAL' },
          { payload: page.appeal(watch, 'it is there').payload, actor: eve, becomes: 'MODERATION_NOT_PARTY' },
          { payload: page.appeal(watch, 'it is there').payload, actor: ada, becomes: 'ok' },
          { payload: page.appeal(watch, 'really').payload, actor: ada, becomes: 'MODERATION_APPEALED' },
          { payload: page.answer('it is not').payload, actor: watch, becomes: 'ok' },
          { payload: page.answer('still not').payload, actor: watch, becomes: 'MODERATION_ANSWERED' },
          { payload: person.appeal(watch, 'not me').payload, actor: eve, becomes: 'ok' },
          { payload: page.unmark().payload, actor: eve, becomes: 'MODERATION_NO_MARK' },
          { payload: page.unmark().payload, actor: watch, becomes: 'ok' },
        ],
      };
    },
  });
});
