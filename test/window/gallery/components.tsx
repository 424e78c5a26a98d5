import '@mantine/core/styles.css'
import '../../../renderer/ui/tokens.css'
import { Button, MantineProvider } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { Timeline } from '../../../renderer/connectivity/details/StageTimeline.tsx'
import { VantageDetails } from '../../../renderer/connectivity/details/VantageDetails.tsx'
import { Findings } from '../../../renderer/connectivity/matrix/Findings.tsx'
import { MatrixTable } from '../../../renderer/connectivity/matrix/MatrixTable.tsx'
import { cellOf, matrixOf } from '../../../renderer/connectivity/matrix/matrix.ts'
import { finding, laptop, node, pod, report, result, row, stage } from '../../../renderer/connectivity/samples.ts'
import { OperationCard } from '../../../renderer/operations/OperationCard.tsx'
import { createOperationsStore } from '../../../renderer/operations/store.ts'
import { Blank, Loading } from '../../../renderer/ui/Blank.tsx'
import { Confirm } from '../../../renderer/ui/Confirm.tsx'
import { CopyButton } from '../../../renderer/ui/CopyButton.tsx'
import { Notice, ProblemNotice } from '../../../renderer/ui/Notice.tsx'
import { Facts, Panel } from '../../../renderer/ui/Panel.tsx'
import * as looks from '../../../renderer/ui/Status.tsx'
import { TaskTable } from '../../../renderer/ui/TaskTable.tsx'
import { Ago, At, Until } from '../../../renderer/ui/Time.tsx'
import { readableColours, theme } from '../../../renderer/ui/theme.ts'
import { VirtualList } from '../../../renderer/ui/VirtualList.tsx'
import { ago } from '../fake-backend/clock.ts'
import { connect } from '../fake-backend/connect.ts'
import { installOf } from '../fake-backend/operations.ts'
import { demoId } from '../fake-backend/planes.ts'

/** Every component of `renderer/ui`, and some of the features, in each state; the material is that of the tests. */
const nothing = (): void => undefined
const operations = createOperationsStore(await connect())
const verdicts = ['pass', 'warn', 'fail', 'skipped', 'unknown'] as const
const vantages = [laptop, pod, node('node-1')]
const endpoints = verdicts.map((verdict) => row(verdict))
const results = verdicts.flatMap((verdict) => vantages.map((vantage) => result(verdict, verdict, vantage)))
const matrix = matrixOf(report(...results))

const {
  Status,
  verdictStatus: verdictLook,
  healthStatus: healthLook,
  stepStatus: stepLook,
  operationStatus: operationLook,
  waitingStatus: waitingLook,
  checkingStatus: checkingLook,
} = looks
const statuses = {
  Verdict: Object.values(verdictLook),
  Health: Object.values(healthLook),
  Step: Object.values(stepLook),
  Operation: Object.values(operationLook),
  Check: [waitingLook, checkingLook],
}

const problem = {
  code: 'CLUSTER_UNREACHABLE',
  message: 'The cluster did not answer within 10 s.',
  hint: 'Check the VPN, then try again.',
  evidence: 'connect ETIMEDOUT 10.0.0.7:6443',
} as const

function Specimen({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} style={{ marginBottom: 32 }}>
      <h2 style={{ fontSize: 14, margin: '0 0 8px', opacity: 0.7 }}>{title}</h2>
      {children}
    </section>
  )
}

function ConfirmSpecimen() {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button onClick={() => setOpened(true)}>Open</Button>
      <Confirm
        opened={opened}
        title="Forget demo"
        verb="Forget"
        onConfirm={async () => undefined}
        onClose={() => setOpened(false)}
      >
        Its saved runs and logs are deleted. The cluster does not change.
      </Confirm>
    </>
  )
}

function VirtualListSpecimen() {
  const [selected, setSelected] = useState<string | undefined>('Row 2')
  return (
    <div style={{ height: 120, display: 'grid' }}>
      <VirtualList
        items={Array.from({ length: 10_000 }, (_, index) => `Row ${index + 1}`)}
        keyOf={(item) => item}
        label="Rows"
        kind="listbox"
        rowHeight={24}
        selected={selected}
        onSelect={setSelected}
        renderRow={(item) => item}
      />
    </div>
  )
}

function Gallery() {
  return (
    <main style={{ padding: 24 }}>
      <h1>Components</h1>
      {Object.entries(statuses).map(([title, members]) => (
        <Specimen key={title} title={`Status: ${title}`}>
          <div style={{ display: 'flex', gap: 16 }}>
            {members.map((look) => (
              <Status key={look.label} appearance={look} />
            ))}
          </div>
        </Specimen>
      ))}
      {(['bad', 'warn', 'busy'] as const).map((tone) => (
        <Specimen key={tone} title={`Notice: ${tone}`}>
          <Notice tone={tone} title="The cluster is unreachable." actions={<Button size="xs">Retry</Button>}>
            Everything below is from 10:15.
          </Notice>
        </Specimen>
      ))}
      <Specimen title="ProblemNotice">
        <ProblemNotice problem={problem} />
      </Specimen>
      <Specimen title="Blank">
        <Blank title="No runs yet" action={<Button>Check all</Button>}>
          A run checks each endpoint from each vantage.
        </Blank>
      </Specimen>
      <Specimen title="Loading">
        <Loading what="runs" />
      </Specimen>
      <Specimen title="Confirm">
        <ConfirmSpecimen />
      </Specimen>
      <Specimen title="CopyButton">
        <CopyButton label="Copy command" text={() => 'hangar check demo'} />
      </Specimen>
      <Specimen title="Panel, Facts, times">
        <Panel title="This plane" aside={<Status appearance={healthLook.healthy} />}>
          <Facts
            rows={[
              ['Time', <At key="at" at={ago(90)} />],
              ['Age', <Ago key="ago" at={ago(90)} />],
              ['Until', <Until key="until" at={ago(-720)} />],
            ]}
          />
        </Panel>
      </Specimen>
      <Specimen title="TaskTable">
        <TaskTable
          caption="Tasks"
          tasks={[
            { task: 'Create the cluster', responsible: 'customer' },
            { task: 'Upgrade the plane', responsible: 'vendor', accountable: 'customer' },
          ]}
        />
      </Specimen>
      <Specimen title="VirtualList">
        <VirtualListSpecimen />
      </Specimen>
      {(['running', 'interrupted', 'failed', 'done', 'cancelled'] as const).map((state, index) => (
        <Specimen key={state} title={`OperationCard: ${state}`}>
          <OperationCard
            operation={installOf(demoId, `00000000-0000-4000-8000-00000000000${index}`, 3, state)}
            store={operations}
            onProblem={nothing}
            onUninstall={nothing}
          />
        </Specimen>
      ))}
      <Specimen title="Findings">
        <Findings
          findings={[finding('tcp.refused', [laptop, pod], 'fail', 'unknown'), finding('tls.reset', [laptop], 'warn')]}
          rows={endpoints}
          selected={undefined}
          onSelect={nothing}
        />
      </Specimen>
      <Specimen title="MatrixTable">
        <MatrixTable
          groups={[{ title: 'Agent', rows: endpoints }]}
          matrix={matrix}
          proxy={undefined}
          actions={undefined}
          marked={new Set()}
        />
      </Specimen>
      {endpoints.map((endpoint) => (
        <Specimen key={endpoint.id} title={`VantageDetails: ${endpoint.id}`}>
          <VantageDetails row={endpoint} vantage={laptop} cell={cellOf(matrix, endpoint.id, laptop)} />
        </Specimen>
      ))}
      <Specimen title="Timeline">
        <Timeline title="Stages" stages={[stage('dns', 'pass'), stage('tcp', 'pass', 31), stage('tls', 'fail', 900)]} />
      </Specimen>
    </main>
  )
}

const scheme = new URLSearchParams(location.search).get('theme') === 'dark' ? 'dark' : 'light'
const root = document.getElementById('root')
if (root === null) throw new Error('The page has no element with the id "root".')
createRoot(root).render(
  <MantineProvider theme={theme} cssVariablesResolver={readableColours} forceColorScheme={scheme}>
    <Gallery />
  </MantineProvider>,
)
