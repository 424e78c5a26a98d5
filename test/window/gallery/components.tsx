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
import { RangeSelect } from '../../../renderer/logs/RangeSelect.tsx'
import { OperationCard } from '../../../renderer/operations/OperationCard.tsx'
import { createOperationsStore } from '../../../renderer/operations/store.ts'
import { HealthRing, HoursBar, RunStrip } from '../../../renderer/shell/fleet/Marks.tsx'
import { ButtonPopover } from '../../../renderer/ui/ButtonPopover.tsx'
import { Confirm } from '../../../renderer/ui/Confirm.tsx'
import { CopyButton } from '../../../renderer/ui/CopyButton.tsx'
import { CutName } from '../../../renderer/ui/CutName.tsx'
import { Drawer } from '../../../renderer/ui/Drawer.tsx'
import { Drawing, drawingNames } from '../../../renderer/ui/Drawing.tsx'
import { EmptyState } from '../../../renderer/ui/EmptyState.tsx'
import { HelpLink } from '../../../renderer/ui/HelpLink.tsx'
import { KpiTile } from '../../../renderer/ui/KpiTile.tsx'
import { Notice, ProblemNotice } from '../../../renderer/ui/Notice.tsx'
import { Facts, Panel } from '../../../renderer/ui/Panel.tsx'
import { SearchField } from '../../../renderer/ui/SearchField.tsx'
import { Loading, Skeleton } from '../../../renderer/ui/Skeleton.tsx'
import { StageStrip } from '../../../renderer/ui/StageStrip.tsx'
import * as looks from '../../../renderer/ui/Status.tsx'
import { TaskTable } from '../../../renderer/ui/TaskTable.tsx'
import { Ago, At, Until } from '../../../renderer/ui/Time.tsx'
import { readableColours, theme } from '../../../renderer/ui/theme.ts'
import { VerdictBanner } from '../../../renderer/ui/VerdictBanner.tsx'
import { VirtualList } from '../../../renderer/ui/VirtualList.tsx'
import { Wordmark } from '../../../renderer/ui/Wordmark.tsx'
import { ago } from '../fake-backend/clock.ts'
import { connect } from '../fake-backend/connect.ts'
import { installOf, largeInstall } from '../fake-backend/operations.ts'
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
  StatusPill,
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

function SearchSpecimen({ text: first, error }: { readonly text: string; readonly error?: string }) {
  const [text, setText] = useState(first)
  return <SearchField label="Search" placeholder="Name, host" value={text} error={error} onChange={setText} />
}

function DrawerSpecimen() {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button onClick={() => setOpened(true)}>Open drawer</Button>
      {opened && (
        <Drawer
          title="Event hub"
          status={<StatusPill appearance={verdictLook.fail} />}
          subtitle="event-hub.vendor.example:5671 amqp1"
          actions={<Button>Check again</Button>}
          onClose={() => setOpened(false)}
        >
          No answer within 5 s.
        </Drawer>
      )}
    </>
  )
}

const runOf = (fail: number, index: number) => ({
  at: ago(600 + index * 3_600),
  counts: { pass: 8 - fail, warn: 1, fail, skipped: 0, unknown: 0 },
})
const hourly = (verdicts: readonly ('failing' | 'unreachable' | 'warning' | 'healthy' | null)[]) =>
  Array.from({ length: 24 }, (_, index) => ({
    from: ago((24 - index) * 3_600),
    verdict: verdicts[index % verdicts.length] ?? null,
  }))
const marks = [
  { name: 'Healthy', health: { healthy: 6, of: 6 }, runs: [runOf(0, 0), runOf(0, 1)], hours: hourly(['healthy']) },
  {
    name: 'Mixed',
    health: { healthy: 4, of: 6 },
    runs: [0, 2, 3, 0, 0, 1].map(runOf),
    hours: hourly(['healthy', 'warning', 'failing', 'unreachable', null]),
  },
  { name: 'Never seen', health: undefined, runs: [], hours: hourly([null]) },
]

const swatches = ['canvas', 'surface-side', 'surface', 'surface-raised', 'surface-hover', 'surface-selected', 'line']
const tones = ['accent', 'good', 'warn', 'bad', 'busy', 'idle']
const sizes = ['small', 'body', 'strong', 'title', 'page', 'figure']

function TokenSpecimen() {
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 12 }}>
      {swatches.map((name) => (
        <div key={name} style={{ width: 104 }}>
          <div
            style={{
              height: 48,
              background: `var(--${name})`,
              border: '1px solid var(--line)',
              borderRadius: 'var(--radius-large)',
            }}
          />
          {name}
        </div>
      ))}
      {tones.map((name) => (
        <div key={name} style={{ width: 104, color: `var(--${name})` }}>
          <div
            style={{
              height: 48,
              background: name === 'accent' ? 'var(--accent)' : `var(--${name}-tint)`,
              borderRadius: 'var(--radius-large)',
            }}
          />
          {name}
        </div>
      ))}
      <div style={{ width: '100%', display: 'flex', gap: 24, alignItems: 'baseline' }}>
        {sizes.map((name) => (
          <span key={name} style={{ fontSize: `var(--text-${name})` }}>
            {name} 0123
          </span>
        ))}
      </div>
    </div>
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
      <Specimen title="Tokens">
        <TokenSpecimen />
      </Specimen>
      <Specimen title="StatusPill">
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}>
          {Object.values({ ...verdictLook, ...healthLook, waiting: waitingLook, checking: checkingLook }).map(
            (look) => (
              <StatusPill key={look.label} appearance={look} />
            ),
          )}
        </div>
      </Specimen>
      <Specimen title="VerdictBanner">
        <div style={{ display: 'grid', gap: 8 }}>
          {(['bad', 'warn', 'busy', 'good', 'idle'] as const).map((tone) => (
            <VerdictBanner
              key={tone}
              tone={tone}
              verdict="Agent is down: crash loop since 13:18. Event hub failed its last check."
              basis="Live from bed-1. Connections checked 9 min ago from this computer and a pod."
              actions={<Button variant="default">Check again</Button>}
            />
          ))}
        </div>
      </Specimen>
      <Specimen title="KpiTile">
        <div style={{ display: 'grid', gridTemplateColumns: 'repeat(3, minmax(0, 1fr))', gap: 12 }}>
          <KpiTile title="Healthy components" figure="3 of 7" note="1 degraded, 1 missing" />
          <KpiTile title="Failed results" figure="3" trend={[0, 0, 2, 1, 1, 3]} trendLabel="Failed results by run" />
          <KpiTile title="Failed results" figure="0" trend={[0, 0]} trendLabel="Failed results by run" note="10 runs" />
        </div>
      </Specimen>
      <Specimen title="HealthRing, RunStrip and HoursBar">
        {marks.map(({ name, health, runs, hours }) => (
          <div key={name} style={{ display: 'flex', gap: 24, alignItems: 'center', marginBottom: 8 }}>
            <span style={{ width: 88 }}>{name}</span>
            <HealthRing health={health} />
            <RunStrip runs={runs} />
            <HoursBar hours={hours} />
          </div>
        ))}
      </Specimen>
      <Specimen title="CutName">
        {['demo', 'arn-aws-eks-eu-central-1-111122223333-cluster-payments-07'].map((name) => (
          <div key={name} style={{ width: 180 }}>
            <CutName name={name} />
          </div>
        ))}
      </Specimen>
      <Specimen title="SearchField">
        <div style={{ display: 'grid', gap: 8, maxWidth: 400 }}>
          <SearchSpecimen text="" />
          <SearchSpecimen text="agent healthy" />
          <SearchSpecimen text='"open' error="The quotation mark at character 1 is not closed." />
        </div>
      </Specimen>
      <Specimen title="RangeSelect">
        <div style={{ display: 'flex', gap: 8 }}>
          <RangeSelect label="Any" range={{ kind: 'all' }} onChange={nothing} />
          <RangeSelect label="Custom" range={{ kind: 'last', ms: 1_234 }} onChange={nothing} />
        </div>
      </Specimen>
      <Specimen title="ButtonPopover, HelpLink, Wordmark">
        <div style={{ display: 'flex', gap: 24, alignItems: 'center' }}>
          <ButtonPopover label="Saved" icon={undefined} opened={false} onChange={nothing}>
            Nothing is saved.
          </ButtonPopover>
          <HelpLink topic="causes" name="tls.reset" />
          <Wordmark />
        </div>
      </Specimen>
      <Specimen title="StageStrip">
        <StageStrip
          label="Stages"
          stages={[
            { key: 'dns', title: 'DNS', verdict: 'pass', note: '12 ms' },
            { key: 'tcp', title: 'TCP', verdict: 'warn', note: '1,840 ms' },
            { key: 'tls', title: 'TLS', verdict: 'fail', note: '58 ms' },
            { key: 'identity', title: 'Identity', verdict: 'unknown', note: '' },
            { key: 'auth', title: 'Sign-in', verdict: 'skipped', note: '' },
          ]}
        />
      </Specimen>
      <Specimen title="Drawer">
        <DrawerSpecimen />
      </Specimen>
      <Specimen title="Drawings">
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 24 }}>
          {drawingNames.map((name) => (
            <Drawing key={name} name={name} />
          ))}
        </div>
      </Specimen>
      <Specimen title="Skeleton">
        <Skeleton />
      </Specimen>
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
      <Specimen title="EmptyState">
        <EmptyState drawing="route" title="No runs yet" action={<Button>Check all</Button>}>
          A run checks each endpoint from each vantage.
        </EmptyState>
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
      <Specimen title="OperationCard: steps of one kind">
        <OperationCard operation={largeInstall()} store={operations} onProblem={nothing} onUninstall={nothing} />
      </Specimen>
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
          open={{}}
          onOpen={nothing}
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
await document.fonts.load('13px Inter')
createRoot(root).render(
  <MantineProvider theme={theme} cssVariablesResolver={readableColours} forceColorScheme={scheme}>
    <Gallery />
  </MantineProvider>,
)
