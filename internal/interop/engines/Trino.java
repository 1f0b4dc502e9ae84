/** Trino's coordinator. The version is what it says of itself. */
void main(String[] args) {
    new io.trino.server.Server().start(args[0]);
}
