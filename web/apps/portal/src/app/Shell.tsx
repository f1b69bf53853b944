import { Burger, Center, Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type RefObject, Suspense, useEffect, useRef } from 'react'
import { Navigate, Outlet, ScrollRestoration, useLocation } from 'react-router'
import { LiveFeed } from '../api/LiveFeed.tsx'
import { Someone, whoIsIn } from '../api/me.ts'
import { ErrorNotice } from '../pieces/ErrorNotice.tsx'
import type { SignInState } from './next.ts'
import { Waiting } from '../pieces/Waiting.tsx'
import { Brand, Navigation } from './Navigation.tsx'
import classes from './Shell.module.css'

/** What every page of somebody who is signed in stands in. */
export function Shell() {
  const { pathname, search } = useLocation()
  const { data: me, error, refetch } = useQuery(whoIsIn)
  if (error && me === undefined) {
    return (
      <Center h="100dvh" p="md">
        <ErrorNotice error={error} onRetry={() => void refetch()} />
      </Center>
    )
  }
  if (me === undefined) return <Waiting height="100dvh" />
  if (me === null) {
    const state: SignInState = { next: pathname + search }
    return <Navigate to="/sign-in" state={state} replace />
  }
  return (
    <Someone value={me}>
      <LiveFeed key={me.account.id}>
        <Frame />
      </LiveFeed>
    </Someone>
  )
}

function Frame() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const main = useMainFocus()
  useFocusKept(main)
  return (
    <div className={classes['frame']}>
      <a href="#main" className={classes['skip']}>
        To the page
      </a>
      <header className={classes['bar']}>
        <Brand />
        <Burger opened={isOpen} onClick={toggle} size="sm" aria-label="Navigation" />
      </header>
      <aside className={classes['side']}>
        <Navigation />
      </aside>
      <Drawer.Root opened={isOpen} onClose={close} size="17rem" padding={0} hiddenFrom="sm">
        <Drawer.Overlay />
        <Drawer.Content aria-label="Navigation">
          <Drawer.Body h="100%">
            <Navigation onGo={close} />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <main id="main" ref={main} tabIndex={-1} className={classes['main']}>
        <div className={classes['inner']}>
          <Suspense fallback={<Waiting height="50vh" />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
      <ScrollRestoration />
    </div>
  )
}

/** Moves the focus to the page that was gone to, so that keyboards and readers go on there. */
function useMainFocus() {
  const main = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  const shown = useRef(pathname)
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    main.current?.focus({ preventScroll: true })
  }, [pathname])
  return main
}

/** Moves the focus to the page where what had it is gone, as a button with the row it was in. */
function useFocusKept(main: RefObject<HTMLElement | null>) {
  useEffect(() => {
    let last: EventTarget | null = null
    const focused = (event: FocusEvent) => {
      last = event.target
    }
    const look = () => {
      const isGone = last instanceof Element && !last.isConnected
      if (!isGone || document.activeElement !== document.body) return
      last = null
      main.current?.focus({ preventScroll: true })
    }
    const observer = new MutationObserver(look)
    observer.observe(document.body, { childList: true, subtree: true })
    document.addEventListener('focusin', focused)
    return () => {
      observer.disconnect()
      document.removeEventListener('focusin', focused)
    }
  }, [main])
}
