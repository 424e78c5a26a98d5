import { Button, Checkbox, Group, Modal } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { ClustersStore } from '../clusters/store.ts'
import { t } from '../strings/t.ts'
import { decisionLabel } from '../trust/decisionLabel.ts'
import { NameSelect } from '../ui/NameSelect.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import type { PlanesStore } from './store.ts'

export interface ChangeContextProps {
  readonly plane: Plane
  readonly store: PlanesStore
  readonly clusters: ClustersStore
}

/** Points the plane to another context, after its kubeconfig was moved or replaced. The cluster does not change. */
export function ChangeContext({ plane, store, clusters }: ChangeContextProps) {
  const [opened, setOpened] = useState(false)
  const [contextId, setContextId] = useState<string | null>(null)
  const [problem, setProblem] = useState<ProblemReport>()
  const [otherCluster, setOtherCluster] = useState(false)
  const contexts = useStore(clusters, ({ list }) => list?.contexts) ?? []
  // A replaced cluster can have the context of the old one.
  const isOffered = (id: string) => id !== plane.contextId || plane.clusterUid !== undefined
  const usable = contexts.filter(({ id, problem: unusable }) => unusable === undefined && isOffered(id))
  const chosen = usable.find(({ id }) => id === contextId)
  const close = () => setOpened(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {t('planes.changeContext.open')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t('planes.changeContext.title', { plane: plane.name })}
        closeButtonProps={{ 'aria-label': t('ui.close') }}
      >
        <p>{t('planes.changeContext.about', { context: plane.contextName })}</p>
        <NameSelect
          label={t('planes.changeContext.label')}
          placeholder={usable.length === 0 ? t('planes.changeContext.none') : t('planes.changeContext.choose')}
          data={usable.map(({ id, name, server }) => ({ value: id, label: `${name} · ${server}` }))}
          value={contextId}
          onChange={(value) => {
            setContextId(value)
            setOtherCluster(false)
            setProblem(undefined)
          }}
          searchable
        />
        {chosen !== undefined && <p>{t('planes.changeContext.file', { file: chosen.file, server: chosen.server })}</p>}
        {problem !== undefined && <ProblemNotice problem={problem} />}
        {problem?.code === 'CLUSTER_OTHER' && (
          <Checkbox
            mt="sm"
            label={t('planes.changeContext.otherCluster', { plane: plane.name })}
            checked={otherCluster}
            onChange={({ currentTarget }) => setOtherCluster(currentTarget.checked)}
          />
        )}
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={close} data-autofocus>
            {t('ui.cancel')}
          </Button>
          <Button
            disabled={chosen === undefined || (problem?.code === 'CLUSTER_OTHER' && !otherCluster)}
            onClick={async () => {
              if (chosen === undefined) return
              const changed = await store.getState().setContext(plane.id, chosen.id, otherCluster)
              setProblem(changed.ok ? undefined : changed.problem)
              if (changed.ok) close()
            }}
          >
            {decisionLabel(t('planes.changeContext.confirm'))}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
