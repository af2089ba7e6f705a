import { describe, test } from '@jest/globals';
import { containerCompliance } from '@vsys/container/compliance';
import { createIdentityContainer } from '../src/index.ts';
import { type AvatarRecord, identityKey, identityToRecord, type OrganisationRecord } from '../src/layout.ts';
import { avatarOps, createAvatar, createOrganisation, finishRecovery, recover, setOrganisation } from '../src/ops.ts';
import { account } from './harness.ts';

const [ada, bob, avatar, guild] = [1, 2, 3, 4].map(account) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const one = (id: Uint8Array): { of: Uint8Array[]; threshold: number } => ({ of: [id], threshold: 1 });
const guardians = { of: [ada], threshold: 1, delay: 2 };
const there: AvatarRecord = { kind: 'avatar', creator: ada, keys: one(ada), guardians };
const members = [{ id: ada, roles: ['board'] }];
const rules = [{ container: '*', action: '*', role: 'board', threshold: 1 }];
const organisation: OrganisationRecord = { kind: 'organisation', creator: ada, members, rules };

describe('identities as a container', () => {
  containerCompliance({
    test,
    create: () => {
      const create = createAvatar(one(ada), guardians).payload;
      return {
        container: createIdentityContainer(),
        before: [{ key: identityKey(avatar), value: identityToRecord(there) }, { key: identityKey(guild), value: identityToRecord(organisation) }],
        malformed: [new Uint8Array(), Uint8Array.of(0), Uint8Array.of(9, 5, 0, 0, 0, 0), create.slice(0, -1), Uint8Array.of(...create, 0)],
        story: [
          { payload: create, actor: ada, becomes: 'ok' },
          { payload: avatarOps(avatar).setKeys(one(bob)).payload, actor: avatar, becomes: 'ok' },
          { payload: avatarOps(avatar).setKeys(one(bob)).payload, actor: bob, becomes: 'IDENTITY_UNKNOWN' },
          { payload: avatarOps(avatar).setKeys(one(bob)).payload, actor: guild, becomes: 'IDENTITY_NOT_AVATAR' },
          { payload: avatarOps(avatar).cancelRecovery().payload, actor: avatar, becomes: 'IDENTITY_NO_RECOVERY' },
          { payload: recover(avatar, one(ada)).payload, actor: bob, becomes: 'IDENTITY_GUARDIANS' },
          { payload: recover(avatar, one(ada)).payload, actor: ada, becomes: 'ok' },
          { payload: avatarOps(avatar).setGuardians(guardians).payload, actor: avatar, becomes: 'IDENTITY_RECOVERY' },
          { payload: finishRecovery(avatar).payload, actor: bob, becomes: 'ok' },
          { payload: avatarOps(avatar).setGuardians(guardians).payload, actor: avatar, becomes: 'ok' },
          { payload: createOrganisation(members, rules).payload, actor: ada, becomes: 'ok' },
          { payload: setOrganisation(guild, [{ id: bob, roles: ['board'] }], rules).payload, actor: guild, becomes: 'ok' },
          { payload: setOrganisation(guild, members, rules).payload, actor: avatar, becomes: 'IDENTITY_NOT_ORGANISATION' },
        ],
      };
    },
  });
});
