import { expect, test } from 'vitest'
import { createDownloadProgresses } from '../../../src/app/downloading/download-progress.ts'
import { COMMUNITY as communityId } from '../../support/community-facts.ts'
import { downloadId } from '../../support/member-facts.ts'

const NO_STATS = { peers: 0, downloadBytesPerSecond: 0, downloadedBytes: 0 }

test('what a download waits for is told until it is not to be fetched any more', () => {
  const progress = createDownloadProgresses()
  progress.stopped(communityId, downloadId(1), 'NO_PEERS')
  progress.keepOnly([{ downloadId: downloadId(1) }])
  expect(progress.sample(communityId)).toMatchObject({ waitingFor: 'NO_PEERS' })
  progress.keepOnly([{ downloadId: downloadId(2) }])
  expect(progress.sample(communityId)).toBeNull()
  {
    using _tell = progress.begin(communityId, downloadId(2), () => NO_STATS)
    progress.keepOnly([])
    expect(progress.sample(communityId)).toMatchObject({ waitingFor: null })
  }
  expect(progress.sample(communityId)).toBeNull()
})
