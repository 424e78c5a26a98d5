import { useStore } from 'zustand'
import type { ClustersStore } from '../clusters/store.ts'
import { t } from '../strings/t.ts'
import type { TrustStore } from '../trust/store.ts'
import { blockedContext, ContextChooser } from './ContextChooser.tsx'
import type { InstallStore } from './store.ts'
import { Footer, StepFrame } from './Wizard.tsx'

export interface ClusterStepProps {
  readonly store: InstallStore
  readonly clusters: ClustersStore
  readonly trust: TrustStore
}

/** The cluster that the plane is installed on. */
export function ClusterStep({ store, clusters, trust }: ClusterStepProps) {
  const contexts = useStore(clusters, (state) => state.list?.contexts) ?? []
  const chosenId = useStore(store, ({ draft }) => draft.contextId)
  const { updateDraft, go } = store.getState()
  return (
    <StepFrame
      title={t('install.cluster.title')}
      intro={t('install.cluster.intro')}
      footer={
        <Footer
          store={store}
          step="cluster"
          next={t('install.next')}
          blocked={blockedContext(contexts, chosenId)}
          onNext={() => go('profile')}
        />
      }
    >
      <ContextChooser
        clusters={clusters}
        trust={trust}
        chosenId={chosenId}
        onChoose={(contextId) => updateDraft({ contextId })}
      />
    </StepFrame>
  )
}
