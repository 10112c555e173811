import { expect, test } from 'vitest'
import type { ImportId } from '../../../src/domain/archive.ts'
import * as facts from '../../support/community-facts.ts'
import { ask, askData } from '../../support/graphql-request.ts'
import { localMeta } from '../../support/local-meta.ts'
import * as member from '../../support/member-facts.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { OTHER } from '../../support/signal-history.ts'
import { valueOf } from '../../support/value-of.ts'

const IMPORT_FIELDS = 'importId status infoHash imported quarantined added removed canUndo startedAt endedAt'
const IMPORT = `mutation($id: CommunityId!, $key: IdempotencyKey) {
  answer: importArchives(communityId: $id, idempotencyKey: $key) {
    ... on ImportArchivesAccepted { position importId import { ${IMPORT_FIELDS} } } ... on Refusal { code }
    ... on ImportRunning { importId }
  }
}`
const UNDO = `mutation($id: CommunityId!) { answer: undoImport(communityId: $id) {
  ... on UndoImportAccepted { position community { lastImport { status canUndo } } } ... on Refusal { code }
} }`
const SHOW = `query($id: CommunityId!) { community(communityId: $id) {
  lastImport { ${IMPORT_FIELDS} } archives(first: 9) { edges { node { archiveId messages sha256 import { state code } } } }
} }`

interface Shown {
  readonly community: {
    readonly lastImport: object | null
    readonly archives: { readonly edges: readonly { readonly node: object }[] }
  }
}

test('an import is started, tells of each archive, and is undone', async () => {
  const { url, stores, samples } = await openApi()
  const { COMMUNITY: communityId } = facts
  const wish = async (query: string, id = communityId, key?: string): Promise<unknown> =>
    (await askData<{ answer: unknown }>(url, query, { id, key })).answer
  const show = async (): Promise<Shown['community']> => (await askData<Shown>(url, SHOW, { id: communityId })).community

  expect(await wish(IMPORT, OTHER)).toEqual({ code: 'CommunityNotFound' })
  const fetched = [...member.fetching(2), member.archiveDownloaded(2, 1), member.archiveDownloaded(2, 2)]
  await recordFacts(stores.log, [...member.member, ...fetched, member.downloadFinished(2)])
  const waiting = { messages: null, sha256: null, import: { state: 'WAITING', code: null } }
  const { lastImport: none, archives: before } = await show()
  expect([none, before.edges.map(({ node }) => node)]).toMatchObject([null, [waiting, waiting]])
  expect(await wish(UNDO)).toEqual({ code: 'NothingToUndo' })

  const started = (await wish(IMPORT, communityId, 'k')) as { readonly importId: ImportId }
  const { importId } = started
  const counts = { imported: 0, quarantined: 0, added: 0, removed: 0, canUndo: false, endedAt: null }
  const running = { importId, status: 'RUNNING', infoHash: facts.infoHash(2), ...counts }
  expect(started).toMatchObject({ position: '9', importId, import: running })
  expect(await wish(IMPORT, communityId, 'k')).toMatchObject({ position: '9', importId })
  expect(await wish(IMPORT)).toEqual({ code: 'ImportRunning', importId })
  const ofArchive = { communityId, importId }
  const commands = [
    { type: 'RecordArchiveImported', ...ofArchive, ...member.archiveImported(1, 1).data, importId },
    { type: 'RecordArchiveQuarantined', ...ofArchive, ...member.archiveQuarantined(1, 2, 'TOO_LARGE').data, importId },
    { type: 'RecordImportFinished', ...ofArchive },
  ] as const
  for (const command of commands) valueOf(await stores.execute(command, localMeta()))
  const finished = { status: 'FINISHED', imported: 1, quarantined: 1, added: 2, removed: 1, canUndo: true }
  const { lastImport, archives } = await show()
  expect(lastImport).toMatchObject({ ...finished, endedAt: expect.any(String) })
  expect(archives.edges.map(({ node }) => node)).toEqual([
    { archiveId: member.archiveId(1), messages: 3, sha256: 'd4'.repeat(32), import: { state: 'IMPORTED', code: null } },
    { ...waiting, archiveId: member.archiveId(2), import: { state: 'QUARANTINED', code: 'TOO_LARGE' } },
  ])

  expect(await wish(UNDO)).toEqual({ position: '13', community: { lastImport: { status: 'UNDONE', canUndo: false } } })
  expect(await wish(UNDO)).toEqual({ code: 'NothingToUndo' })

  samples.preview = { archives: 1, unreadable: 2, added: 3, kept: 4, removed: 5 }
  const preview = `query($id: CommunityId!) { importPreview(communityId: $id) { archives unreadable added kept removed } }`
  expect(await askData(url, preview, { id: communityId })).toEqual({ importPreview: samples.preview })
  // It reads whole archives, so that not many fit into a query.
  const many = Array.from({ length: 5 }, (_, n) => `p${n}: importPreview(communityId: "${communityId}") { added }`)
  const { errors } = await ask(url, `{ ${many.join(' ')} }`)
  expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COSTLY' } }])
})

test('a control node takes nothing over, and what it created was not imported', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, [...facts.ready, ...facts.created(1)])
  const wish = async (query: string): Promise<unknown> =>
    (await askData<{ answer: unknown }>(url, query, { id: facts.COMMUNITY })).answer
  expect(await wish(IMPORT)).toEqual({ code: 'NotMember' })
  expect(await wish(UNDO)).toEqual({ code: 'NotMember' })
  const { community } = await askData<Shown>(url, SHOW, { id: facts.COMMUNITY })
  expect(community.archives.edges).toMatchObject([{ node: { messages: 3, import: null } }])
})
