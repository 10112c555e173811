// A process that records without end and prints how many messages are on the disk: what a test kills.
import type { CommunityId } from '../../src/domain/community-id.ts'
import { openMessageStore } from '../../src/messages/message-store.ts'
import { sampleMessage } from './sample-message.ts'

const [file = '', communityId = ''] = process.argv.slice(2)
const store = openMessageStore(file)
for (let recorded = 0; ; recorded += 100) {
  const messages = Array.from({ length: 100 }, (_, index) => sampleMessage({ thirdPartyId: `${recorded + index}` }))
  await store.record(communityId as CommunityId, messages)
  process.stdout.write(`${recorded + 100}\n`)
}
