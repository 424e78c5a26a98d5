import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import type { ProfileFault } from '../../../preload/contract/profiles.ts'
import type { JsonObject } from '../../../preload/contract/words.ts'
import type { Client } from '../../lib/client.ts'
import { attempt } from '../../lib/outcome.ts'
import { createDocumentsStore, type DocumentsStore } from '../export/documents.ts'
import { type ConnectivityStore, createConnectivityStore } from '../store.ts'
import { clientOfTable, type OpenTable, type TableSubject } from './client.ts'

export type TableSource = 'profile' | 'list'

interface TableState {
  readonly source: TableSource
  /** The chosen profile. */
  readonly profile: string | undefined
  readonly settings: JsonObject
  /** The text of the list, and what it is called in reports. */
  readonly text: string
  readonly title: string
  /** Why the text is no list; empty after a change. */
  readonly faults: readonly ProfileFault[]
  readonly problem: ProblemReport | undefined
  readonly busy: boolean
  /** What the results are about; undefined: nothing was checked yet. */
  readonly open: OpenTable | undefined
  readonly shown: 'source' | 'results'
  chooseSource(source: TableSource): void
  chooseProfile(name: string | undefined): void
  setSettings(settings: JsonObject): void
  setText(text: string, title?: string): void
  /** Opens the table of the source and checks it. */
  check(): Promise<void>
  /** Back to the source stops a check that runs. There are no results before the first check. */
  show(shown: TableState['shown']): void
}

/** The check of a table without a plane: its source, its results and its documents. */
export interface TableCheck {
  readonly table: StoreApi<TableState>
  readonly connectivity: ConnectivityStore
  readonly documents: DocumentsStore
}

export function createTableCheck(client: Pick<Client, 'connectivity' | 'profiles'>): TableCheck {
  const tableClient = clientOfTable(client, () => table.getState().open)
  const connectivity = createConnectivityStore(tableClient)
  let opened = 0

  const table = createStore<TableState>()((set, get) => {
    /** The subject of the source; undefined where there is none yet, with the reason in the state. */
    async function subject(): Promise<TableSubject | undefined> {
      const { source, profile, settings, text, title } = get()
      if (source === 'profile') return profile === undefined ? undefined : { profile, settings }
      const read = await attempt(() => client.profiles.readEndpoints({ text }))
      if (!read.ok) set({ problem: read.problem })
      else if (read.value.list === null) set({ faults: read.value.faults })
      else return { list: read.value.list, title }
      return undefined
    }

    const changed = { faults: [], problem: undefined } as const
    return {
      source: 'profile',
      profile: undefined,
      settings: {},
      text: '',
      title: '',
      busy: false,
      open: undefined,
      shown: 'source',
      ...changed,
      chooseSource: (source) => set({ source, ...changed }),
      chooseProfile: (profile) => set(get().profile === profile ? {} : { profile, settings: {}, ...changed }),
      setSettings: (settings) => set({ settings, ...changed }),
      setText: (text, title) => set({ text, ...(title === undefined ? {} : { title }), ...changed }),
      async check() {
        if (get().busy) return
        set({ busy: true, ...changed })
        const found = await subject()
        set({ busy: false })
        if (found === undefined) return
        opened += 1
        const id = `table-${opened}`
        set({ open: { id, subject: found }, shown: 'results' })
        await connectivity.getState().load(id)
        if (get().open?.id === id && connectivity.getState().problem === undefined) await connectivity.getState().run()
      },
      show(shown) {
        if (shown === 'source') connectivity.getState().stop()
        if (shown === 'source' || get().open !== undefined) set({ shown })
      },
    }
  })
  return { table, connectivity, documents: createDocumentsStore(tableClient) }
}
