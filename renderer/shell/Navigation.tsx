import { UnstyledButton } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { interruptedCount, latestOperation, runningCount } from '../operations/store.ts'
import { t } from '../strings/t.ts'
import { moveFocusByArrow } from '../ui/arrowKeys.ts'
import { IconActivity, IconPlane, IconPlus, IconSearch, IconSettings, IconSignOut, IconTemplate } from '../ui/icons.ts'
import { Wordmark } from '../ui/Wordmark.tsx'
import { shownState, type WorkloadsState } from '../workloads/store.ts'
import classes from './Navigation.module.css'
import { useSession } from './sessionContext.ts'

interface LinkProps {
  readonly icon: Icon
  readonly current: boolean
  readonly onClick: () => void
  readonly children: ReactNode
  readonly note?: ReactNode
  readonly noteTone?: 'bad' | undefined
}

function NavLink({ icon: LinkIcon, current, onClick, children, note, noteTone }: LinkProps) {
  return (
    <UnstyledButton className={classes.link} aria-current={current ? 'page' : undefined} onClick={onClick} data-row>
      <LinkIcon size={16} aria-hidden className={classes.icon} />
      <span className={classes.text}>
        <span className={classes.name}>{children}</span>
        {note !== undefined && (
          <span className={classes.note} data-tone={noteTone}>
            {note}
          </span>
        )}
      </span>
    </UnstyledButton>
  )
}

function PlaneLink({ planeId, name }: { readonly planeId: string; readonly name: string }) {
  const session = useSession()
  const { route, go } = useStore(session.route)
  const operation = useStore(session.operations, latestOperation(planeId, ['install', 'uninstall']))
  const current = route.view === 'plane' && route.planeId === planeId
  const tab = route.view === 'plane' ? route.tab : 'overview'
  const open = operation !== undefined && operation.state !== 'done' && operation.state !== 'cancelled'
  const unreachable = useStore(session.workloads, (state) => state.planeId === planeId && unreachableReason(state))
  const note = open ? t('shell.operation', { kind: operation.kind, state: operation.state }) : unreachable || undefined
  return (
    <NavLink
      icon={IconPlane}
      current={current}
      onClick={() => go({ view: 'plane', planeId, tab })}
      note={note}
      noteTone={open || note === undefined ? undefined : 'bad'}
    >
      {name}
    </NavLink>
  )
}

/** Why the cluster of the watched plane is unreachable; empty while it is not. */
function unreachableReason({ snapshot }: WorkloadsState): string {
  if (snapshot === undefined || shownState(snapshot.connection) !== 'stale') return ''
  return snapshot.connection.problem?.message ?? t('workloads.notice.stale')
}

export function Navigation({ onPalette }: { readonly onPalette: () => void }) {
  const session = useSession()
  const { signOut } = session.link
  const { route, go } = useStore(session.route)
  const planes = useStore(session.planes, (state) => state.planes)
  const running = useStore(session.operations, runningCount)
  const interrupted = useStore(session.operations, interruptedCount)
  const activity = [
    ...(running > 0 ? [t('shell.running', { count: running })] : []),
    ...(interrupted > 0 ? [t('shell.interrupted', { count: interrupted })] : []),
  ]
  return (
    <nav className={classes.nav} aria-label={t('shell.name')} onKeyDown={moveFocusByArrow}>
      <UnstyledButton
        className={classes.brand}
        onClick={() => go({ view: 'home' })}
        aria-label={t('shell.name')}
        data-row
      >
        <Wordmark />
      </UnstyledButton>
      <h2 className={classes.heading}>{t('shell.planes')}</h2>
      <div className={classes.planes}>
        {planes?.map(({ id, name }) => (
          <PlaneLink key={id} planeId={id} name={name} />
        ))}
        <NavLink icon={IconPlus} current={route.view === 'new-plane'} onClick={() => go({ view: 'new-plane' })}>
          {t('shell.installPlane')}
        </NavLink>
      </div>
      <div className={classes.foot}>
        <NavLink
          icon={IconActivity}
          current={route.view === 'activity'}
          onClick={() => go({ view: 'activity' })}
          note={activity.length > 0 ? activity.join(', ') : undefined}
        >
          {t('shell.tab.activity')}
        </NavLink>
        <NavLink icon={IconTemplate} current={route.view === 'profiles'} onClick={() => go({ view: 'profiles' })}>
          {t('shell.profiles')}
        </NavLink>
        <NavLink icon={IconSettings} current={route.view === 'settings'} onClick={() => go({ view: 'settings' })}>
          {t('shell.settings')}
        </NavLink>
        {signOut !== undefined && (
          <NavLink icon={IconSignOut} current={false} onClick={signOut}>
            {t('shell.signOut')}
          </NavLink>
        )}
        <UnstyledButton className={classes.palette} onClick={onPalette} data-row>
          <IconSearch size={14} aria-hidden />
          <span>{t('shell.goTo')}</span>
          <kbd>{t('shell.shortcut', { platform: navigator.platform.startsWith('Mac') ? 'mac' : 'other' })}</kbd>
        </UnstyledButton>
      </div>
    </nav>
  )
}
