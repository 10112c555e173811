import type { ImportId } from '../../domain/archive.ts'
import type { CommunityId } from '../../domain/community-id.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { Position } from '../../events/recorded-event.ts'
import { allow } from '../access/allow.ts'
import { builder } from '../builder.ts'
import { metaOf } from '../context.ts'
import { Import } from '../nouns/import.ts'
import { defineCommunityResult } from './community-result.ts'
import { communityIdArg, idempotencyKeyArg } from './mutation-args.ts'
import { defineResult, positionDescription, type Granted } from './mutation.ts'

interface StartedImport {
  readonly communityId: CommunityId
  readonly position: Position | null
  readonly importId: ImportId
}

const ImportArchivesResult = defineResult<StartedImport>(
  'ImportArchives',
  'The import has begun. Its end is told by `signals`, and by `lastImport` of the community.',
  [
    'CommunityNotFound',
    'CommunityWasLeft',
    'NotMember',
    'ProtocolIsDisabled',
    'ArchivingIsDisabled',
    'SeedingIsWithdrawn',
    'ImportRunning',
    'NothingToImport',
  ],
  (t) => ({
    position: t.expose('position', { type: 'Position', nullable: true, description: positionDescription }),
    importId: t.expose('importId', { type: 'ImportId', description: 'The id of the import.' }),
    import: t.field({
      type: Import,
      nullable: true,
      description: 'The import, as it is now; null where another one began since.',
      resolve: async ({ communityId, importId }, _args, { loaders }) => {
        const last = await loaders.lastImport.load(communityId)
        return last?.importId === importId ? last : null
      },
    }),
  }),
)

builder.mutationField('importArchives', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: ImportArchivesResult.ref,
    description:
      'Takes over the messages of the archives that are here, on a member. Those in quarantine are tried again. What was taken over before changes nothing.',
    args: { communityId: communityIdArg(t.arg), idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { communityId, idempotencyKey }, context) => {
      const meta = metaOf(context, idempotencyKey, { communityId })
      const outcome = await context.wishes.importArchives(communityId, meta)
      return ImportArchivesResult.answer(startedImport(communityId, outcome), communityId)
    },
  }),
)

function startedImport<Refused extends { readonly type: string }>(
  communityId: CommunityId,
  outcome: Result<Granted, Refused>,
): Result<StartedImport, Refused> {
  if (!outcome.ok) return outcome
  const { position, result } = outcome.value
  if (result.importId === undefined) throw new Error('Cannot answer importArchives: the granted wish names no import')
  return ok({ communityId, position, importId: result.importId })
}

const UndoImportResult = defineCommunityResult('UndoImport', 'What the last import removed is back.', [
  'CommunityNotFound',
  'CommunityWasLeft',
  'NotMember',
  'NothingToUndo',
])

builder.mutationField('undoImport', (t) =>
  t.field({
    ...allow('OPERATOR'),
    type: UndoImportResult.ref,
    description:
      'Puts back the messages that the last import removed, as the history of the control node does not have them. They stay until an import takes over an archive that overlaps them, as does what this node records after an import of its range.',
    args: { communityId: communityIdArg(t.arg), idempotencyKey: idempotencyKeyArg(t.arg) },
    resolve: async (_root, { communityId, idempotencyKey }, context) => {
      const meta = metaOf(context, idempotencyKey, { communityId })
      return UndoImportResult.answer(await context.wishes.undoImport(communityId, meta), communityId)
    },
  }),
)
