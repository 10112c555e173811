import { expect, test } from 'vitest'
import * as facts from '../../support/community-facts.ts'
import { eventually } from '../../support/eventually.ts'
import { askData } from '../../support/graphql-request.ts'
import { openApi } from '../../support/open-api.ts'
import { recordFacts } from '../../support/record-facts.ts'
import { addSmallCommunity, archiveSmallCommunity } from '../../support/small-community.ts'
import { subscribeOverSse } from '../../support/sse-client.ts'

interface Started {
  readonly answer: {
    readonly code?: string
    readonly verifications?: readonly { readonly verificationId: string; readonly communityId: string }[]
  }
}

interface Sample {
  readonly data: { readonly verificationProgress: { readonly verificationId: string } | null }
}

function verify(args: string): string {
  return `mutation { answer: verifyArchives${args} {
    ... on VerifyArchivesAccepted { verifications { verificationId communityId community { verification { stage } } } }
    ... on Refusal { code }
  } }`
}

const FOLLOW = `query ($id: CommunityId!) { community(communityId: $id) {
  verification { verificationId stage checkedBytes totalBytes startedAt }
  lastVerification { verificationId startedAt endedAt versions {
    infoHash pieces code mended { part archiveId pieces source }
    damage { pieces { from to } pieceCount archives index torrentFile } remaining { pieceCount }
  } }
} }`

test('verifyArchives answers at once, for one community or for all; the API tells how far it is and what came of it', async () => {
  const { url, stores } = await openApi()
  await recordFacts(stores.log, facts.ready)
  expect((await askData<Started>(url, verify(`(communityId: "0x${'77'.repeat(32)}")`))).answer).toEqual({
    code: 'CommunityNotFound',
  })
  expect((await askData<Started>(url, verify(`(communityId: "${facts.COMMUNITY}")`))).answer).toEqual({
    code: 'NoArchiveYet',
  })
  expect((await askData<Started>(url, verify(''))).answer).toEqual({ verifications: [] })

  const id = await addSmallCommunity(stores, 3)
  await archiveSmallCommunity(stores, id)
  const samples = subscribeOverSse(
    url,
    'subscription ($id: CommunityId!) { verificationProgress(communityId: $id) { verificationId stage } }',
    { id },
  )
  expect((await samples.next()).value?.result).toEqual({ data: { verificationProgress: null } })
  const { answer } = await askData<Started>(url, verify('(idempotencyKey: "v")'))
  const [started] = answer.verifications ?? []
  expect(answer.verifications).toEqual([
    { verificationId: expect.any(String), communityId: id, community: { verification: { stage: expect.any(String) } } },
  ])
  interface Followed {
    readonly community: { readonly verification: object | null; readonly lastVerification: object | null }
  }
  const { community } = await askData<Followed>(url, FOLLOW, { id })
  expect(community.verification ?? community.lastVerification).toMatchObject({
    verificationId: started?.verificationId,
  })
  await eventually(async () => {
    const { community: followed } = await askData<Followed>(url, FOLLOW, { id })
    expect(followed).toMatchObject({
      verification: null,
      lastVerification: {
        verificationId: started?.verificationId,
        versions: [{ pieces: 2, code: null, damage: null, mended: [], remaining: null }],
      },
    })
  })
  // The same wish is not granted twice; another one is a verification of its own.
  const again = (await askData<Started>(url, verify('(idempotencyKey: "v")'))).answer
  expect(again.verifications?.[0]?.verificationId).toBe(started?.verificationId)
  const [other] = (await askData<Started>(url, verify(`(communityId: "${id}")`))).answer.verifications ?? []
  expect(other?.verificationId).not.toBe(started?.verificationId)
  const nextSampled = async (): Promise<string | undefined> => {
    const sample = (await samples.next()).value?.result as Sample | undefined
    return sample?.data.verificationProgress?.verificationId
  }
  let sampled = await nextSampled()
  // On a slow machine a sample was taken of the first one.
  while (sampled !== undefined && sampled === started?.verificationId) sampled = await nextSampled()
  // It goes on, or has ended by then.
  expect([other?.verificationId, undefined]).toContain(sampled)
})
