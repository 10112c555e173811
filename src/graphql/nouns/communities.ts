import { parseCommunityId, type CommunityId } from '../../domain/community-id.ts'
import { countArchives, readArchives, type ArchiveRow } from '../../projections/archives.ts'
import { countCommunities, readCommunities, readCommunity, type CommunityRow } from '../../projections/communities.ts'
import { Archive } from './archive.ts'
import { allow } from '../access/allow.ts'
import { readableIds } from '../access/readable.ts'
import { builder } from '../builder.ts'
import { Community } from './community.ts'
import { cursorMalformed } from '../scalars/cursor.ts'
import { readPage } from '../scalars/page.ts'

builder.queryField('community', (t) =>
  t.field({
    ...allow('READER'),
    type: Community,
    nullable: true,
    description: 'A community by its id; null if this node never knew it.',
    args: { communityId: t.arg({ type: 'CommunityId', required: true, description: 'Its id.' }) },
    resolve: async (_root, { communityId }, { db, turns }) => turns.read(async () => readCommunity(db, communityId)),
  }),
)

builder.queryField('communities', (t) =>
  t.connection(
    {
      ...allow('READER'),
      type: Community,
      description:
        'The communities that this node takes part in or once did, in the order of their ids: those that the caller may read of.',
      resolve: async (_root, args, context) => ({
        ...(await readPage<CommunityRow>(
          args,
          ({ communityId }) => communityCursor(communityId),
          async ({ after, before, limit, inverted }) => {
            const range = { afterId: parseCommunityCursor(after), beforeId: parseCommunityCursor(before) }
            const among = { ...range, onlyIds: readableIds(context) }
            const rows = await readCommunities(context.db, { ...among, [inverted ? 'last' : 'first']: limit })
            return inverted ? rows.toReversed() : rows
          },
          context.turns,
        )),
      }),
    },
    {
      name: 'CommunityConnection',
      description: 'A page of communities.',
      fields: (fields) => ({
        totalCount: fields.int({
          description: 'How many there are.',
          resolve: async (_page, _args, context) =>
            context.turns.read(async () => countCommunities(context.db, readableIds(context))),
        }),
      }),
    },
    { name: 'CommunityEdge', description: 'A community and its place in the list.' },
  ),
)

builder.objectField(Community, 'archives', (t) =>
  t.connection(
    {
      type: Archive,
      description: 'The archives in its newest `data`, in the order of their offsets.',
      resolve: async ({ communityId }, args, { db, turns }) => ({
        ...(await readPage<ArchiveRow>(
          args,
          ({ offset }) => archiveCursor(offset),
          async ({ after, before, limit, inverted }) => {
            const range = { afterOffset: parseArchiveCursor(after), beforeOffset: parseArchiveCursor(before) }
            const rows = await readArchives(db, communityId, { ...range, [inverted ? 'last' : 'first']: limit })
            return inverted ? rows.toReversed() : rows
          },
          turns,
        )),
        communityId,
      }),
    },
    {
      name: 'ArchiveConnection',
      description: 'A page of archives.',
      fields: (fields) => ({
        totalCount: fields.int({
          description: 'How many there are.',
          resolve: async (page, _args, { db, turns }) => turns.read(async () => countArchives(db, page.communityId)),
        }),
      }),
    },
    { name: 'ArchiveEdge', description: 'An archive and its place in the list.' },
  ),
)

function communityCursor(communityId: CommunityId): string {
  return Buffer.from(`community:${communityId}`).toString('base64url')
}

function parseCommunityCursor(cursor: string | undefined): CommunityId | undefined {
  if (cursor === undefined) return undefined
  const [, text] = /^community:(.*)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const parsed = parseCommunityId(text ?? '')
  if (!parsed.ok) throw cursorMalformed('a cursor that `communities` gave out')
  return parsed.value
}

function archiveCursor(offset: number): string {
  return Buffer.from(`archive:${offset}`).toString('base64url')
}

function parseArchiveCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const [, digits] = /^archive:(\d{1,16})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (digits === undefined) throw cursorMalformed('a cursor that `archives` gave out')
  return Number(digits)
}
