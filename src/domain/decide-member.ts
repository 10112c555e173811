import type { Decision, KnownCommunity } from './community.ts'
import {
  cancelDownload,
  recordArchivesDownloaded,
  recordDownloadFailed,
  recordDownloadFinished,
  startDownload,
} from './decide-downloads.ts'
import {
  recordArchiveImported,
  recordArchiveQuarantined,
  recordImportFinished,
  recordImportUndone,
  startImport,
} from './decide-imports.ts'
import { followNode, receiveMagnetlink, recordMagnetlinkRefused, unfollowNode } from './decide-links.ts'
import type { MemberCommand } from './member-commands.ts'

/** Decides what a wish of a member leads to, as `decideCommunity` does. */
export function decideMember(command: MemberCommand, community: KnownCommunity): Decision {
  switch (command.type) {
    case 'FollowNode':
      return followNode(command, community)
    case 'UnfollowNode':
      return unfollowNode(command, community)
    case 'ReceiveMagnetlink':
      return receiveMagnetlink(command, community)
    case 'RecordMagnetlinkRefused':
      return recordMagnetlinkRefused(command, community)
    case 'StartDownload':
      return startDownload(command, community)
    case 'CancelDownload':
      return cancelDownload(command, community)
    case 'RecordArchivesDownloaded':
      return recordArchivesDownloaded(command, community)
    case 'RecordDownloadFinished':
      return recordDownloadFinished(command, community)
    case 'RecordDownloadFailed':
      return recordDownloadFailed(command, community)
    case 'StartImport':
      return startImport(command, community)
    case 'RecordArchiveImported':
      return recordArchiveImported(command, community)
    case 'RecordArchiveQuarantined':
      return recordArchiveQuarantined(command, community)
    case 'RecordImportFinished':
      return recordImportFinished(command, community)
    case 'RecordImportUndone':
      return recordImportUndone(command, community)
  }
}
