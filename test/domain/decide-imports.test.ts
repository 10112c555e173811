import { describe, test } from 'vitest'
import {
  archivingDisabled,
  archivingEnabled,
  COMMUNITY,
  communityAdded,
  communityLeft,
  ready,
  seedingWithdrawn,
} from '../support/community-facts.ts'
import { given } from '../support/given-when-then.ts'
import {
  archiveDownloaded,
  archiveId,
  archiveImported,
  archiveQuarantined,
  downloadCancelled,
  downloadFinished,
  fetched,
  fetching,
  importFinished,
  importId,
  importStarted,
  importUndone,
  member,
} from '../support/member-facts.ts'

const communityId = COMMUNITY
const back = [communityLeft, communityAdded('MEMBER'), archivingEnabled]
const purged = { type: 'CommunityPurged', communityId, data: {} } as const

function start(n: number, protocolEnabled = true) {
  return { type: 'StartImport', communityId, importId: importId(n), protocolEnabled } as const
}
function take(n: number, archive: number) {
  return { ...archiveImported(n, archive).data, type: 'RecordArchiveImported', communityId } as const
}
function quarantine(n: number, archive: number, code: 'ENCRYPTED' | 'INTERNAL') {
  return { ...archiveQuarantined(n, archive, code).data, type: 'RecordArchiveQuarantined', communityId } as const
}
function finish(n: number) {
  return { type: 'RecordImportFinished', communityId, importId: importId(n) } as const
}
function undo(n: number) {
  return { type: 'RecordImportUndone', communityId, importId: importId(n), restored: 1 } as const
}
/** A version with the archives 1 and 2 of torrent 2. */
const here = [...member, ...fetching(2), archiveDownloaded(2, 1), archiveDownloaded(2, 2), downloadFinished(2)] as const
const importing = [...here, importStarted(1, 2)]
const imported = [...importing, archiveImported(1, 1), importFinished(1, 1)]

describe('StartImport', () => {
  test('takes over the newest version, one import at a time', () => {
    given(here).when(start(1)).then(importStarted(1, 2))
    given(importing)
      .when(start(2))
      .thenRefused({ type: 'ImportRunning', importId: importId(1) })
    given(imported).when(start(2)).then(importStarted(2, 2))
  })

  test('is refused where nothing is here', () => {
    given(member).when(start(1)).thenRefused('NothingToImport')
    given(member, fetching(1), downloadFinished(1)).when(start(1)).thenRefused('NothingToImport')
    given(here, communityLeft, purged, communityAdded('MEMBER'), archivingEnabled)
      .when(start(1))
      .thenRefused('NothingToImport')
  })

  test('is granted for what is here of a download that goes on, or was given up', () => {
    const started = importStarted(1, 1)
    given(member, fetching(1), archiveDownloaded(1, 1)).when(start(1)).then(started)
    given(member, fetching(1), archiveDownloaded(1, 1), downloadCancelled(1, 'REQUESTED')).when(start(1)).then(started)
  })

  test('is barred where nothing is fetched (rules 1 and 5)', () => {
    given(here).when(start(1, false)).thenRefused('ProtocolIsDisabled')
    given(here, archivingDisabled).when(start(1)).thenRefused('ArchivingIsDisabled')
    given(here, seedingWithdrawn).when(start(1)).thenRefused('SeedingIsWithdrawn')
    given(here, communityLeft).when(start(1)).thenRefused('CommunityWasLeft')
    given(ready).when(start(1)).thenRefused('NotMember')
  })
})

describe('an import', () => {
  test('tells of each archive once, also where it was broken off and goes on', () => {
    given(importing).when(take(1, 1)).then(archiveImported(1, 1))
    given(importing, archiveImported(1, 1)).when(take(1, 1)).then()
    given(importing, archiveImported(1, 1)).when(take(1, 2)).then(archiveImported(1, 2))
    given(imported, importStarted(2, 2)).when(take(2, 1)).then(archiveImported(2, 1))
  })

  test('tells of a quarantine once a change of reason, whichever import it was', () => {
    const isIn = archiveQuarantined(1, 1, 'ENCRYPTED')
    given(importing)
      .when(quarantine(1, 1, 'ENCRYPTED'))
      .then(isIn)
    given(importing, isIn)
      .when(quarantine(1, 1, 'ENCRYPTED'))
      .then()
    given(importing, isIn)
      .when(quarantine(1, 1, 'INTERNAL'))
      .then(archiveQuarantined(1, 1, 'INTERNAL'))
    const next = [...importing, isIn, importFinished(1, 0, 1), importStarted(2, 2)]
    given(next)
      .when(quarantine(2, 1, 'ENCRYPTED'))
      .then()
    given(next, archiveImported(2, 1))
      .when(quarantine(2, 1, 'ENCRYPTED'))
      .then(archiveQuarantined(2, 1, 'ENCRYPTED'))
  })

  test('takes over nothing that was not fetched, and so not verified (rule 7)', () => {
    const refusal = { type: 'ArchiveNotDownloaded', archiveId: archiveId(3) } as const
    given(importing).when(take(1, 3)).thenRefused(refusal)
    given(importing)
      .when(quarantine(1, 3, 'ENCRYPTED'))
      .thenRefused(refusal)
  })

  test('ends with what it took over, and with what is in quarantine', () => {
    given(importing, archiveImported(1, 1), archiveQuarantined(1, 2, 'ENCRYPTED'))
      .when(finish(1))
      .then(importFinished(1, 1, 1))
    given(importing, archiveQuarantined(1, 2, 'ENCRYPTED'), archiveImported(1, 2))
      .when(finish(1))
      .then(importFinished(1, 1, 0))
  })

  test.each([take(1, 1), quarantine(1, 1, 'ENCRYPTED'), finish(1)])('is over once it ended: $type', (command) => {
    const refusal = { type: 'ImportNotActive', importId: importId(1) } as const
    given(here).when(command).thenRefused(refusal)
    given(imported).when(command).thenRefused(refusal)
    given(imported, importStarted(2, 2)).when(command).thenRefused(refusal)
    given(importing, communityLeft).when(command).thenRefused(refusal)
    given(importing, communityLeft, communityAdded(), archivingEnabled).when(command).thenRefused(refusal)
  })
})

describe('RecordImportUndone', () => {
  const refusal = { type: 'NothingToUndo' } as const

  test('is granted once, for the last import', () => {
    given(imported).when(undo(1)).then(importUndone(1))
    given(imported, importUndone(1)).when(undo(1)).thenRefused(refusal)
    given(here).when(undo(1)).thenRefused(refusal)
  })

  test('waits for the end of the next import, and is too late once that took anything over', () => {
    given(imported, importStarted(2, 2))
      .when(undo(1))
      .thenRefused({ type: 'ImportRunning', importId: importId(2) })
    given(imported, importStarted(2, 2), importFinished(2, 0)).when(undo(1)).then(importUndone(1))
    given(imported, importStarted(2, 2), archiveImported(2, 1), importFinished(2, 1)).when(undo(1)).thenRefused(refusal)
  })

  test('is granted for an import that leaving broke off, and whatever became of the files', () => {
    given(importing, archiveImported(1, 1), back).when(undo(1)).then(importUndone(1))
    given(imported, communityLeft, purged, communityAdded('MEMBER')).when(undo(1)).then(importUndone(1))
  })

  test('is refused to a control node, and after a leave', () => {
    given(imported, communityLeft).when(undo(1)).thenRefused('CommunityWasLeft')
    given(imported, communityLeft, communityAdded()).when(undo(1)).thenRefused('NotMember')
  })

  test('does not end what was fetched: it can be imported again', () => {
    given(imported, importUndone(1)).when(start(2)).then(importStarted(2, 2))
    given(member, fetched(1)).when(start(1)).then(importStarted(1))
  })
})
