// Gives each visitor credentials of their own, so that no page holds the key.
import { createServer } from 'node:http'
import process from 'node:process'

import { Odyssey, credentialsToDict } from '@odysseyml/odyssey'

const odyssey = new Odyssey({ apiKey: process.env.ODYSSEY_API_KEY })

const server = createServer(async (_request, response) => {
  response.setHeader('Content-Type', 'application/json')
  try {
    const credentials = await odyssey.createClientCredentials()
    response.end(JSON.stringify(credentialsToDict(credentials)))
  } catch (error) {
    response.writeHead(503).end(JSON.stringify({ message: error.message }))
  }
})
server.listen(Number(process.env.PORT), '127.0.0.1')
