import { QueryClientProvider } from '@tanstack/react-query'
import { MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import '@mantine/core/styles.layer.css'
import '@mantine/charts/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router/dom'
import './app/portal.css'
import { guardPage, nonceOf } from './app/nonce.ts'
import { makeQueryClient } from './app/queries.ts'
import { makeRouter } from './app/routes.tsx'
import { colours, theme } from './app/theme.ts'

guardPage(document)
const nonce = nonceOf(document)
const queries = makeQueryClient()
const root = document.getElementById('portal')
if (root === null) throw new Error('the page has no place for the portal')

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={colours}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <ModalsProvider labels={{ confirm: 'Do it', cancel: 'Cancel' }}>
          <Notifications position="bottom-right" limit={4} />
          <RouterProvider router={makeRouter()} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
