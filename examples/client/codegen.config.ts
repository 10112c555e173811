import type { CodegenConfig } from '@graphql-codegen/cli'

/** Makes `generated/` from schema.graphql and the documents of this folder: `npm run codegen`. */
const config: CodegenConfig = {
  schema: new URL('../../schema.graphql', import.meta.url).pathname,
  documents: [new URL('./documents.ts', import.meta.url).pathname],
  importExtension: '.ts',
  generates: {
    [new URL('./generated/', import.meta.url).pathname]: {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        // How each scalar stands in JSON.
        scalars: {
          Actor: 'string',
          AnnounceUrl: 'string',
          ArchiveId: 'string',
          ByteCount: 'number',
          Clock: 'string',
          CommunityId: 'string',
          ContentTopic: 'string',
          DateTime: 'string',
          DownloadId: 'string',
          FollowUrl: 'string',
          Hex: 'string',
          IdempotencyKey: 'string',
          ImportId: 'string',
          InfoHash: 'string',
          Json: 'unknown',
          Position: 'string',
          RunId: 'string',
          StreamName: 'string',
          Uuid: 'string',
        },
      },
    },
  },
}

export default config
