import type { CommunityId } from '../../domain/community-id.ts'

/** Opens what the control node of a private community encrypted. The keys are the host's: none is kept here. */
export interface PayloadCipher {
  /**
   * @param ciphertext A whole `ProtocolMessage` of status-go, whose header names the key.
   * @returns What was encrypted; null where there is no such key. Called again on each try.
   */
  decrypt(communityId: CommunityId, ciphertext: Uint8Array): Promise<Uint8Array | null>
}

/** Has no key. */
export const NO_KEYS: PayloadCipher = { decrypt: async () => Promise.resolve(null) }
