package io.hotfoot.agent.it;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * How a program is run with certain capabilities and a seccomp profile, by what starts containers
 * on a node: runc. The program shares all namespaces with this process but that of mounts, in which
 * runc mounts its root file system.
 *
 * @param folder for runc's own files
 * @param capabilities that it has, without CAP_
 * @param seccomp a profile as kubelet takes it; null: none
 */
record Confined(Path folder, Set<String> capabilities, String seccomp) {

  /** The command that runs a program so. */
  List<String> command(List<String> program) throws IOException {
    JsonArray has = new JsonArray(capabilities.stream().map(it -> "CAP_" + it).toList());
    JsonObject process =
        new JsonObject()
            .put("user", new JsonObject().put("uid", 0).put("gid", 0))
            .put("args", new JsonArray(program))
            .put("env", new JsonArray().add("PATH=" + System.getenv("PATH")))
            .put("cwd", System.getProperty("user.dir"))
            .put("noNewPrivileges", true)
            .put(
                "capabilities",
                new JsonObject().put("bounding", has).put("effective", has).put("permitted", has));
    JsonObject linux = new JsonObject().put("namespaces", new JsonArray());
    if (seccomp != null) {
      linux.put("seccomp", new JsonObject(seccomp));
    }
    Path bundle = Files.createTempDirectory(folder, "runc");
    Files.writeString(
        bundle.resolve("config.json"),
        new JsonObject()
            .put("ociVersion", "1.0.2")
            .put("process", process)
            .put("root", new JsonObject().put("path", "/"))
            .put("linux", linux)
            .encode());
    return List.of(
        "unshare",
        "--mount",
        "runc",
        "--root",
        bundle.resolve("state").toString(),
        "run",
        "--bundle",
        bundle.toString(),
        bundle.getFileName().toString());
  }
}
