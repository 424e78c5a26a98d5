import type { JsonObject } from '../../preload/contract/words.ts'
import { serveThread } from '../lib/thread/serve.ts'
import { type Parsed, type ParsedList, type ParseOptions, parseEndpointList, parseProfile } from './parse.ts'
import { type SettingFault, settingFaults, withDefaults } from './settings-schema.ts'

interface Settings {
  readonly schema: JsonObject
  readonly settings: JsonObject
}

const api = {
  calls: {
    ready: async (): Promise<true> => true,
    parse: async ({ text, ...options }: ParseOptions & { readonly text: string }): Promise<Parsed> =>
      parseProfile(text, options),
    parseList: async ({ text }: { readonly text: string }): Promise<ParsedList> => parseEndpointList(text),
    check: async ({ schema, settings }: Settings): Promise<SettingFault[]> =>
      settingFaults(schema, withDefaults(schema, settings)),
    complete: async ({ schema, settings }: Settings): Promise<JsonObject> => withDefaults(schema, settings),
  },
  streams: {},
}

export type ProfilesThread = typeof api

serveThread(api)
