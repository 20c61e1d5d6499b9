/** As much of a service as the launcher sees: it is ready, it drains, it may fail. For the tests of the launcher only. */
const { PORT, HOST, FIXTURE_FAULT } = process.env;

if (FIXTURE_FAULT === PORT) throw new Error("the shelf is empty");

const server = Bun.serve({
  port: Number(PORT),
  ...(HOST !== undefined && { hostname: HOST }),
  routes: {
    "/readyz": new Response("ready"),
    "/settings": () => Response.json(process.env),
    "/slow": async () => {
      await Bun.sleep(300);
      return new Response("finished");
    },
    "/end": () => process.exit(3),
  },
});

process.on("SIGTERM", async () => {
  await server.stop();
  process.exit(0);
});
