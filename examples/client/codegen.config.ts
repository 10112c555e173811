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
        // How scalars stand in JSON: all but these as text.
        defaultScalarType: 'string',
        scalars: { ByteCount: 'number', Json: 'unknown' },
      },
    },
  },
}

export default config
