import { answerOnce } from '../../commands/earlier-answer.ts'
import { err, ok } from '../../domain/result.ts'
import type { EventLog } from '../../events/event-log.ts'
import type { CorrelationId } from '../../events/recorded-event.ts'
import type { Wishes } from '../../graphql/wishes.ts'
import { readCommunity } from '../../projections/communities.ts'
import { readArchivedCommunities } from '../../projections/versions.ts'
import type { Stores } from '../stores.ts'
import type { Verifications } from './verifications.ts'

export interface VerifyWishPorts extends Pick<Stores, 'db'> {
  readonly log: EventLog
  readonly verifications: Pick<Verifications, 'ask'>
  /** Is told of a verification that a fault ended. */
  readonly onFault: (fault: unknown, correlationId: CorrelationId) => void
}

/** Begins verifications, or joins those that were asked for and have not ended; does not wait for their end. */
export function createVerifyArchives({ log, db, verifications, onFault }: VerifyWishPorts): Wishes['verifyArchives'] {
  return async (communityId, meta) =>
    answerOnce(log, 'VerifyArchives', meta, async (): ReturnType<Wishes['verifyArchives']> => {
      const archived = await readArchivedCommunities(db)
      if (communityId !== null && !archived.includes(communityId)) {
        const community = await readCommunity(db, communityId)
        return err({ type: community === null ? 'CommunityNotFound' : 'NoArchiveYet' })
      }
      const { actor, correlationId, causationId } = meta
      const wanted = communityId === null ? archived : [communityId]
      const started = wanted.map((id) => {
        const { verificationId, ended } = verifications.ask(id, { actor, correlationId, causationId })
        ended.catch((fault: unknown) => onFault(fault, correlationId))
        return { verificationId, communityId: id }
      })
      return ok({ verifications: started })
    })
}
