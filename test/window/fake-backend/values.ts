import type { ReleaseValues, ValueSource } from '../../../preload/contract/install.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'

const ofChart = (value: ValueSource['value'], line: number): ValueSource => ({
  origin: 'chart',
  value,
  hidden: false,
  place: { file: 'values.yaml', line },
  settings: [],
})

const ofSetting = (value: ValueSource['value'], name: string, isDefault: boolean): ValueSource => ({
  origin: 'setting',
  value,
  hidden: false,
  settings: [{ name, isDefault }],
})

const textAt = (settings: JsonObject, group: string, key: string): string => {
  const inner = settings[group]
  const value = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner[key] : undefined
  return typeof value === 'string' ? value : ''
}

/** The values of two releases: one of each origin, and one release whose chart cannot be read. */
export const valuesOf = (settings: JsonObject): ReleaseValues[] => [
  {
    release: 'plane-agent',
    namespace: 'hangar-plane',
    chart: 'plane-agent-1.0.0',
    values: [
      {
        path: ['agent', 'token'],
        origin: 'override',
        value: null,
        hidden: true,
        settings: [],
        replaces: [ofChart('', 4)],
      },
      { path: ['certificateSecret'], ...ofChart('plane-certificate', 10), credential: 'agent', replaces: [] },
      {
        path: ['controlPlane', 'host'],
        ...ofSetting(textAt(settings, 'controlPlane', 'host'), 'controlPlane.host', false),
        replaces: [ofChart('', 6)],
      },
      { path: ['controlPlane', 'port'], ...ofSetting(443, 'controlPlane.port', true), replaces: [ofChart(443, 7)] },
      { path: ['heartbeatSeconds'], ...ofChart(3, 8), replaces: [] },
      {
        path: ['resources', 'limits', 'memory'],
        origin: 'profile',
        value: '160Mi',
        hidden: false,
        settings: [],
        replaces: [ofChart('64Mi', 16)],
      },
    ],
  },
  {
    release: 'plane-gateway',
    namespace: 'hangar-gateway',
    chart: '',
    problem: {
      code: 'FILE_UNREADABLE',
      message: 'The chart charts/plane-gateway cannot be read (ENOENT).',
      hint: 'Check that the file exists and that you are permitted to read it.',
      evidence: '',
    },
    values: [{ path: ['replicas'], origin: 'profile', value: 2, hidden: false, settings: [], replaces: [] }],
  },
]
