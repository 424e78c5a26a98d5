import { TextInput, UnstyledButton } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import { memo, type ReactNode, useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import { keepForLong, recallForLong } from '../lib/keep.ts'
import { interruptedCount, runningCount } from '../operations/store.ts'
import { t } from '../strings/t.ts'
import { moveFocusByArrow } from '../ui/arrowKeys.ts'
import { CutName } from '../ui/CutName.tsx'
import {
  IconActivity,
  IconGuide,
  IconHome,
  IconPin,
  IconPlus,
  IconSearch,
  IconSettings,
  IconSignOut,
  IconTemplate,
} from '../ui/icons.ts'
import { Wordmark } from '../ui/Wordmark.tsx'
import { type FleetPlane, forSidebar, matching } from './fleet/arrange.ts'
import { standingStatus } from './fleet/standingStatus.ts'
import { useFleet } from './fleet/useFleet.ts'
import classes from './Navigation.module.css'
import { useSession } from './sessionContext.ts'

interface LinkProps {
  readonly icon: Icon
  readonly current: boolean
  readonly onClick: () => void
  readonly children: ReactNode
  readonly note?: ReactNode
}

function NavLink({ icon: LinkIcon, current, onClick, children, note }: LinkProps) {
  return (
    <UnstyledButton className={classes.link} aria-current={current ? 'page' : undefined} onClick={onClick} data-row>
      <LinkIcon size={16} aria-hidden className={classes.icon} />
      <span className={classes.text}>
        <span className={classes.name}>{children}</span>
        {note !== undefined && <span className={classes.note}>{note}</span>}
      </span>
    </UnstyledButton>
  )
}

/** One line: its state, its name, and in words what a person has to see. It renders only if it changes: there can be 100. */
const PlaneLink = memo(function PlaneLink({ item: { plane, standing } }: { readonly item: FleetPlane }) {
  const { route } = useSession()
  const current = useStore(route, ({ route: place }) => place.view === 'plane' && place.planeId === plane.id)
  const { icon: StateIcon, tone, label } = standingStatus[standing.kind]
  // The worst is enough to listen to; pointing at it shows all.
  const [worst] = standing.reasons
  const reasons = standing.reasons.map(({ text }) => text).join('\n')
  const open = () => {
    const { route: place, go } = route.getState()
    // The installation is a page of its own, of one plane.
    const tab = place.view === 'plane' && place.tab !== 'install' ? place.tab : 'overview'
    go({ view: 'plane', planeId: plane.id, tab })
  }
  return (
    <UnstyledButton
      className={classes.link}
      aria-current={current ? 'page' : undefined}
      onClick={open}
      title={`${plane.name}: ${reasons}`}
      data-row
    >
      <StateIcon size={16} aria-hidden className={classes.state} data-tone={tone} />
      <span className={classes.planeName}>
        <CutName name={plane.name} />
      </span>
      <span className="hidden">{`${label}: ${worst.text}`}</span>
      {plane.pinned === true && <IconPin size={12} aria-hidden className={classes.pin} />}
    </UnstyledButton>
  )
})

const noPlanes: readonly FleetPlane[] = []
/** A shorter list is read at a glance. */
const filteredFrom = 10

function PlaneLinks() {
  const session = useSession()
  const planes = useFleet() ?? noPlanes
  const route = useStore(session.route, (state) => state.route)
  const recent = useRecent(route.view === 'plane' ? route.planeId : undefined)
  const [text, setText] = useState('')
  const ordered = useMemo(() => forSidebar(planes, recent), [planes, recent])
  const shown = matching(ordered, text)
  return (
    <>
      {planes.length >= filteredFrom && (
        <TextInput
          className={classes.filter}
          aria-label={t('fleet.sidebar.filter')}
          placeholder={t('fleet.sidebar.filter')}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      )}
      <div className={classes.planes}>
        {shown.map((item) => (
          <PlaneLink key={item.plane.id} item={item} />
        ))}
        {shown.length === 0 && text !== '' && <span className={classes.none}>{t('fleet.sidebar.none')}</span>}
      </div>
    </>
  )
}

const isIds = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string')
const remembered = 20

/**
 * The planes that were opened last, the newest first. The order is that of the last start: a list that is sorted anew with each
 * click moves under the pointer.
 */
function useRecent(opened: string | undefined): readonly string[] {
  const [atStart] = useState(() => recallForLong('recent-planes', isIds) ?? [])
  useEffect(() => {
    if (opened === undefined) return
    const before = recallForLong('recent-planes', isIds) ?? []
    keepForLong('recent-planes', [opened, ...before.filter((id) => id !== opened)].slice(0, remembered))
  }, [opened])
  return atStart
}

export function Navigation({ onPalette }: { readonly onPalette: () => void }) {
  const session = useSession()
  const { signOut } = session.link
  const { route, go } = useStore(session.route)
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
      <NavLink icon={IconHome} current={route.view === 'home'} onClick={() => go({ view: 'home' })}>
        {t('shell.homeLink')}
      </NavLink>
      <h2 className={classes.heading}>{t('shell.planes')}</h2>
      <PlaneLinks />
      <div className={classes.install}>
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
        <NavLink icon={IconGuide} current={route.view === 'help'} onClick={() => go({ view: 'help' })}>
          {t('help.title')}
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
